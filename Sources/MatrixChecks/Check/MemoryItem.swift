import MatrixCore

/// What a check remembers (`remember:`), or recalls of an earlier check (`recall:`).
struct MemoryItem: Sendable, Hashable {
    var name: String
    /// The value to find again; nil to remember what the check sees.
    var recalled: String?

    /// Finds the problems of both keys together.
    static func problems(in item: Document) -> [Diagnostic] {
        guard item["remember"] != nil, let recall = item.members.first(where: { $0.key == "recall" }) else { return [] }
        return [Diagnostic(at: recall.keyLocation, "a check cannot both remember and recall", hint: "write two checks")]
    }
}
