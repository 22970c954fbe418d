internal import MatrixCore

/// What Podman's error texts mean: the one place that decides whether a retry may help.
enum PodmanFault {
    private static let transient = [
        "i/o timeout", "connection reset", "connection refused", "tls handshake timeout", "unexpected eof", ": eof", "temporary failure",
        "toomanyrequests", "too many requests", "bad gateway", "service unavailable", "gateway timeout", "internal server error",
        "state improper", "address already in use", "database is locked", "resource temporarily unavailable", "device or resource busy",
        "already used on the host or by another config", "network is being used", "has associated containers", "unable to lock",
    ]

    /// Whether a retry may succeed.
    static func isTransient(_ text: String) -> Bool {
        let text = text.lowercased()
        return transient.contains { text.contains($0) }
    }

    /// Whether the container or network does not exist.
    static func isGone(_ text: String) -> Bool {
        let text = text.lowercased()
        return text.contains("no such container") || text.contains("no container with name or id") || text.contains("network not found")
            || text.contains("no such network") || text.contains("unable to find network")
    }

    /// Whether the published port was taken between Podman's choice and the start.
    static func isPortTaken(_ text: String) -> Bool { text.lowercased().contains("address already in use") }

    /// Whether a registry answered, but without the image.
    static func isRegistrysAnswer(_ text: String) -> Bool {
        let text = text.lowercased()
        return ["manifest unknown", "unauthorized", "denied", "not found", "name unknown", "toomanyrequests"].contains { text.contains($0) }
            && !text.contains("pinging container registry")
    }

    /// Podman's last error line without its prefix and the names that the message already has: `no such host`.
    static func brief(_ text: String) -> String {
        let lines = PlainText.clean(text).split(separator: "\n").map(String.init).filter { !isNoise($0) }
        let line = lines.last { $0.hasPrefix("Error:") } ?? lines.last ?? "no reason given"
        let reason = line.hasPrefix("Error: ") ? String(line.dropFirst(7)) : line
        guard let cause = reason.firstRange(of: "\": ") else { return reason }
        return String(reason[cause.upperBound...].split(separator: "\": ").last ?? reason[cause.upperBound...])
    }

    /// Lines that Podman 4.3 always prints on machines without syslog.
    private static func isNoise(_ line: String) -> Bool { line.hasPrefix("failed to connect to syslog") || line.allSatisfy(\.isWhitespace) }
}
