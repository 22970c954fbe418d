public import MatrixCore

/// What this machine's `ssh` would do for a host, with the user's own `ssh_config`: the answer of `ssh -G`, which logs in nowhere.
public struct SSHSettings: Sendable {
    /// By keys in lower case; of several with one key the first.
    private let values: [String: String]

    init(_ output: String) {
        values = Dictionary(output.split(separator: "\n").compactMap(Self.setting)) { first, _ in first }
    }

    /// Asks for them.
    ///
    /// - Parameters:
    ///   - words: what would follow `ssh`.
    ///   - name: what messages call the host.
    /// - Throws: `InfrastructureError` if `ssh` cannot read its configuration.
    public static func ask(_ words: [String], of name: String, by runner: any Transport) async throws -> SSHSettings {
        let command = Command(["ssh", "-G"] + words, timeout: .seconds(60))
        let what = "reading the SSH settings of \(name)"
        do {
            return SSHSettings(try await runner.require(command, what, next: "see: \(command.display)").output)
        } catch var error as InfrastructureError {
            // The last line only counts the mistakes.
            if let first = error.command?.outputTail.split(whereSeparator: \.isNewline).first { error.why = String(first) }
            throw AccountEntry.explained(error)
        }
    }

    /// The host's address, which may be another than the name that it was asked for.
    public var address: String? { values["hostname"] }
    public var port: Int? { values["port"].flatMap { Int($0) } }
    public var user: String? { values["user"] }
    /// The name under which its key stands in known_hosts files; nil for its address and port.
    public var hostKeyAlias: String? { values["hostkeyalias"] }

    /// The jump host or the command by which it is reached, as a setting; nil if it is reached directly.
    public var proxy: String? {
        for (key, name) in [("proxyjump", "ProxyJump"), ("proxycommand", "ProxyCommand")] {
            if let value = values[key], value != "none" { return "\(name)=\(value)" }
        }
        return nil
    }

    private static func setting(_ line: Substring) -> (String, String)? {
        let parts = line.split(separator: " ", maxSplits: 1)
        return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
    }
}
