internal import Foundation
internal import Synchronization

/// Replaces every known secret in any text that leaves the program. One redactor serves a whole run.
///
/// Besides the secret itself it knows the forms in which tools print it again: Base64, percent-encoded, JSON-escaped,
/// shell-quoted, and each line of a secret of several lines.
public final class Redactor: Sendable {
    /// What stands where a secret stood.
    public static let mark = "[redacted]"
    /// The shortest secret that can be hidden without tearing ordinary words apart.
    public static let minimumLength = 4

    private let forms = Mutex<[String]>([])

    public init() {}

    /// Hides `secret` from now on; texts shorter than ``minimumLength`` are not hidden.
    public func hide(_ secret: String) {
        guard secret.count >= Self.minimumLength else { return }
        var new: Set<String> = [secret]
        new.insert(secret.trimmingCharacters(in: .whitespacesAndNewlines))
        for line in secret.split(whereSeparator: \.isNewline) where line.count >= 8 { new.insert(String(line)) }
        new.formUnion(Self.encodings(of: secret))
        let found = new.filter { $0.count >= Self.minimumLength }
        forms.withLock { forms in
            // Longest first, so that a form which holds another is replaced whole.
            forms = Array(Set(forms).union(found)).sorted { ($0.utf8.count, $0) > ($1.utf8.count, $1) }
        }
    }

    /// The text without any known secret.
    public func redact(_ text: String) -> String {
        let forms = self.forms.withLock { $0 }
        guard !forms.isEmpty else { return text }
        return forms.reduce(text) { $0.contains($1) ? $0.replacing($1, with: Self.mark) : $0 }
    }

    /// Whether a text holds a known secret.
    public func finds(in text: String) -> Bool {
        forms.withLock { $0.contains { text.contains($0) } }
    }

    private static func encodings(of secret: String) -> [String] {
        let base64 = Data(secret.utf8).base64EncodedString()
        let escaped = JSON.text(secret).dropFirst().dropLast()
        return [
            base64, String(base64.prefix { $0 != "=" }), String(escaped), ShellQuoting.quote(secret),
            secret.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? secret,
            secret.addingPercentEncoding(withAllowedCharacters: .urlQueryAllowed) ?? secret,
        ]
    }
}
