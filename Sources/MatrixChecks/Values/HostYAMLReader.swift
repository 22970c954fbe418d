import MatrixCore
internal import Yams

/// Reads YAML that hosts show.
enum HostYAMLReader {
    /// Aliases of aliases can grow without bounds in a few lines.
    private static let largest = 200_000

    /// The value of a text; several documents are a list. Nil if it is not YAML, is empty, or expands to too many values.
    ///
    /// Scalars are read as in a matrix file: `1.10` and `0644` stay texts.
    static func value(of text: String) -> Value? {
        var count = 0
        guard let nodes = try? Yams.compose_all(yaml: text, .basic), let documents = try? nodes.map({ try value(of: $0, &count) }),
            let first = documents.first
        else { return nil }
        return documents.count == 1 ? first : .list(documents)
    }

    private struct TooLarge: Error {}

    private static func value(of node: Node, _ count: inout Int) throws -> Value {
        count += 1
        guard count <= largest else { throw TooLarge() }
        switch node {
        case .scalar(let scalar):
            let nowhere = SourceLocation(file: "", line: 0, column: 0)
            return Document(.scalar(scalar.string, plain: scalar.style == .plain), at: nowhere).value
        case .sequence(let sequence): return .list(try sequence.map { try value(of: $0, &count) })
        case .mapping(let mapping):
            var members: [String: Value] = [:]
            for (key, element) in mapping { members[key.string ?? ""] = try value(of: element, &count) }
            return .map(members)
        case .alias: return .null
        }
    }
}
