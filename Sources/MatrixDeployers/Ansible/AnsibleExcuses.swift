internal import MatrixCore

/// What a run of a playbook passed over: failures that it ignored or rescued, and plays that did nothing on the cell.
struct AnsibleExcuses {
    private let ignored: Int
    private let unreachable: Int
    private let rescued: Int
    /// The names of the plays that touched no host of the cell.
    let idle: [String]

    init(_ record: TaskRecord, hosts: Set<String>) {
        unreachable = record.ignoredUnreachable
        ignored = record.count(.ignored) - unreachable
        rescued = record.count(.rescued)
        idle = record.idlePlays(on: hosts)
    }

    /// One line for people; nil if there is nothing to say.
    var note: String? {
        let failures = [
            Self.words(ignored, "task failed and was ignored", "tasks failed and were ignored"),
            Self.words(rescued, "task failed and was rescued", "tasks failed and were rescued"),
            Self.words(
                unreachable, "task could not reach its host, which was ignored", "tasks could not reach their host, which was ignored"),
        ].compactMap(\.self)
        let parts = failures + (idleWords.map { [$0] } ?? [])
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }

    /// Which plays did nothing on the cell; nil if all did something.
    var idleWords: String? {
        guard let first = idle.first else { return nil }
        return idle.count == 1
            ? "the play `\(first)` touched no host of this cell"
            : "\(idle.count) plays touched no host of this cell: \(idle.prefix(5).joined(separator: ", "))\(idle.count > 5 ? ", …" : "")"
    }

    private static func words(_ count: Int, _ one: String, _ many: String) -> String? {
        count == 0 ? nil : "\(count) \(count == 1 ? one : many)"
    }
}
