/// Why sudo did not let an account become root, as far as what it printed says it.
public struct SudoRefusal: Sendable, Hashable {
    /// In a sentence whose subject is the account: `cannot use sudo without a password`.
    public let why: String
    public let next: String

    private static let passwordless = "USER ALL=(ALL) NOPASSWD: ALL"

    /// What sudo prints in the C locale, and what follows from it.
    private static let causes: [(words: [String], why: String, line: String?)] = [
        (["must have a tty"], "cannot use sudo without a terminal (requiretty)", "Defaults:USER !requiretty"),
        (["password is required", "terminal is required", "no askpass"], "cannot use sudo without a password", passwordless),
        (["not in the sudoers", "may not run sudo", "is not allowed to"], "may not use sudo", passwordless),
        (["sudo: not found", "sudo: command not found"], "has no sudo", nil),
    ]

    /// Nil if the text is not one of sudo's refusals.
    ///
    /// - Parameters:
    ///   - output: all that was printed, sudo's lecture included.
    ///   - user: the account that called sudo.
    public init?(_ output: String, user: String) {
        guard let cause = Self.causes.first(where: { $0.words.contains { output.contains($0) } }) else { return nil }
        why = cause.why
        next = cause.line.map { Self.adding($0, for: user) } ?? "install sudo on the host, or log in as root"
    }

    /// The usual refusal, if sudo's own words say nothing.
    public static func password(of user: String) -> SudoRefusal {
        SudoRefusal(why: "cannot use sudo without a password", next: adding(passwordless, for: user))
    }

    private static func adding(_ line: String, for user: String) -> String {
        "add to a file in /etc/sudoers.d there: \(line.replacing("USER", with: user))"
    }

    private init(why: String, next: String) {
        self.why = why
        self.next = next
    }
}
