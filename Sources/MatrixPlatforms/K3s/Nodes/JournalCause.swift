/// Why a node does not come up according to its service's journal, with the next step.
struct JournalCause: Sendable, Hashable {
    /// What K3s writes.
    var sign: String
    var meaning: String
    var next: String

    private static let known = [
        JournalCause(
            sign: "Node password rejected", meaning: "another node has or had the same host name",
            next: "give every host a different name; for a reinstalled host with its old name, delete the secret <name>.node-password.k3s"),
        JournalCause(
            sign: "token CA hash does not match", meaning: "its token belongs to another server than the one that it joins",
            next: "see what answers at the server's address"),
        refused("401 Unauthorized"), refused("not authorized"),
        JournalCause(
            sign: "certificate has expired or is not yet valid", meaning: "the clocks of the hosts differ",
            next: "see timedatectl on the hosts"),
        JournalCause(
            sign: "failed to find memory cgroup", meaning: "its kernel has no memory cgroup",
            next: "add cgroup_memory=1 cgroup_enable=memory to its command line"),
        JournalCause(
            sign: "failed to get CA certs", meaning: "the server does not answer it", next: "open 6443/tcp of the control node to it"),
    ]

    private static func refused(_ sign: String) -> JournalCause {
        JournalCause(
            sign: sign, meaning: "the server refuses its token",
            next: "see what answers at the server's address: a server of another cluster?")
    }

    /// The first known cause that a journal holds, and the last line that shows it.
    static func find(in journal: [String]) -> (cause: JournalCause, line: String)? {
        for cause in known {
            if let line = journal.last(where: { $0.contains(cause.sign) }) { return (cause, line) }
        }
        return nil
    }
}
