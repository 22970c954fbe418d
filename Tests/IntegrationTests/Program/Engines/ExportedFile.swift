import MatrixCore
import Testing
import Yams

/// A file that `matrix export` wrote, as its engine reads it; every scalar is a text.
enum ExportedFile {
    /// The documents of a file.
    static func documents(_ text: String) throws -> [Value] {
        try Yams.compose_all(yaml: text).map(value)
    }

    private static func value(_ node: Node) -> Value {
        switch node {
        case .scalar(let scalar): .string(scalar.string)
        case .sequence(let elements): .list(elements.map(value))
        case .mapping(let members): .map(Dictionary(uniqueKeysWithValues: members.map { ($0.key.string ?? "", value($0.value)) }))
        case .alias: .null
        }
    }
}

extension Value {
    /// The members of a map; empty if it is not a map.
    var members: [String: Value] { if case .map(let members) = self { members } else { [:] } }

    /// The texts of a list, or of one text.
    var texts: [String] { string.map { [$0] } ?? elements.compactMap(\.string) }

    /// The lines of a text that are not empty.
    var lines: [String] { (string ?? "").split(separator: "\n").map(String.init) }
}
