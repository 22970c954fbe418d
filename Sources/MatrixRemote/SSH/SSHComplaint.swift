/// What the OpenSSH client said when it could not connect, in the words of `matrix`.
struct SSHComplaint: Sendable, Equatable {
    /// What to do about it.
    enum Kind: Sendable, Equatable {
        /// The host may still be booting.
        case waiting
        /// The account or its key may not exist yet.
        case denied
        /// Waiting cannot help.
        case hostKey
    }

    var kind: Kind
    /// `connection refused`.
    var reason: String

    /// Reads the lines that the client printed.
    init(_ lines: [String]) {
        let text = lines.joined(separator: "\n")
        if text.contains("REMOTE HOST IDENTIFICATION HAS CHANGED") || text.contains("Host key verification failed") {
            self.init(.hostKey, "the host key does not match the known one")
        } else if text.contains("Permission denied") || text.contains("Too many authentication failures") {
            self.init(.denied, "authentication refused")
        } else if let known = Self.reasons.first(where: { text.contains($0.key) }) {
            self.init(.waiting, known.value)
        } else {
            let last = lines.last { !$0.allSatisfy(\.isWhitespace) }
            self.init(.waiting, last ?? "the SSH client ended without a message")
        }
    }

    init(_ kind: Kind, _ reason: String) {
        self.kind = kind
        self.reason = reason
    }

    private static let reasons: KeyValuePairs = [
        "Connection refused": "connection refused", "timed out during banner exchange": "the port answers, SSH does not",
        "Connection timed out": "no answer", "Operation timed out": "no answer", "No route to host": "no route to host",
        "Network is unreachable": "network is unreachable", "Could not resolve hostname": "the host's name does not resolve",
        "Connection reset": "SSH is starting: connection reset", "Connection closed": "SSH is starting: connection closed",
        "kex_exchange_identification": "SSH is starting", "System is booting up": "the system is booting",
        "pam_nologin": "the system is booting",
    ]
}
