internal import MatrixCore

/// Why a node does not come up according to its service's journal, with the next step.
struct JournalCause: Sendable, Hashable {
    /// What K3s writes; all of it on one line.
    var signs: [String]
    var meaning: String
    var next: String

    private init(_ signs: String..., meaning: String, next: String) {
        (self.signs, self.meaning, self.next) = (signs, meaning, next)
    }

    private static let known = [
        JournalCause(
            "Node password rejected", meaning: "another node has or had the same host name",
            next: "give every host a different name; for a reinstalled host with its old name, delete the secret <name>.node-password.k3s"),
        JournalCause(
            "token CA hash does not match", meaning: "its token belongs to another server than the one that it joins",
            next: "see what answers at the server's address"),
        refused("401 Unauthorized"), refused("not authorized"),
        JournalCause(
            "certificate has expired or is not yet valid", meaning: "the clocks of the hosts differ",
            next: "see timedatectl on the hosts"),
        JournalCause(
            "failed to find memory cgroup", meaning: "its kernel has no memory cgroup",
            next: "add cgroup_memory=1 cgroup_enable=memory to its command line"),
        JournalCause(
            "snapshotter cannot be enabled",
            meaning: "its files are on a file system that K3s cannot put its overlay on, such as the root of a container",
            next: "write config: { snapshotter: native } for the platform"),
        JournalCause(
            "failed to get CA certs", "connection refused", meaning: "the server does not answer it: nothing listens at its port",
            next: "see journalctl -u k3s on the control node"),
        JournalCause(
            "failed to get CA certs", meaning: "the server does not answer it", next: "open 6443/tcp of the control node to it"),
    ]

    private static func refused(_ sign: String) -> JournalCause {
        JournalCause(
            sign, meaning: "the server refuses its token",
            next: "see what answers at the server's address: a server of another cluster?")
    }

    /// The first known cause that a journal holds, and the last line that shows it.
    static func find(in journal: [String]) -> (cause: JournalCause, line: String)? {
        for cause in known {
            if let line = journal.last(where: { line in cause.signs.allSatisfy { line.contains($0) } }) { return (cause, line) }
        }
        return nil
    }

    /// The line that says most of why K3s ended: a fatal error comes before a panic, and both before the last error. Help, stack traces and
    /// what systemd says come after it.
    static func worst(of lines: [String]) -> String? {
        for sign in ["level=fatal", "panic: ", "fatal error: "] {
            if let line = lines.last(where: { sign == "level=fatal" ? $0.contains(sign) : $0.hasPrefix(sign) }) { return line }
        }
        return lines.last { $0.contains("level=error") }
    }
}
