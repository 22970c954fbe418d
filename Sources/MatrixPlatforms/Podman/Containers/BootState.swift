internal import MatrixCore

/// What a booting host reports about itself.
struct BootState: Sendable, Hashable {
    /// What `systemctl is-system-running` says.
    private(set) var system = ""
    /// Whether its sshd is active.
    private(set) var hasSSH = false
    /// The names of failed units, separated by spaces.
    private(set) var failedUnits = ""
    /// `ssh-ed25519 AAAA…`.
    private(set) var hostKeys: [String] = []
    /// Its IPv4 address.
    private(set) var address: String?

    /// Reads the output of the readiness script.
    init(_ text: String = "") {
        for line in text.split(separator: "\n") { take(String(line)) }
    }

    /// Takes the next line; of two answers to one question the later one counts.
    mutating func take(_ line: String) {
        let words = line.split(separator: " ", maxSplits: 1).map(String.init)
        let rest = words.count > 1 ? words[1].stripped : ""
        switch words.first {
        case "system": system = rest
        case "ssh": hasSSH = rest == "active"
        case "failed": failedUnits = rest
        case "key": if HostGrammar.isHostKey(rest) { hostKeys.append(rest) }
        case "address": address = rest.split(separator: " ").map(String.init).first { $0.contains(".") }
        default: break
        }
    }

    /// What it still lacks to be a host; nil if nothing.
    var reasonToWait: String? {
        switch system {
        case "running", "degraded":
            if !hasSSH { return "waiting for sshd" }
            return hostKeys.isEmpty ? "waiting for the host keys" : nil
        case "": return "waiting for systemd to answer"
        default: return "waiting for systemd: \(system)"
        }
    }
}
