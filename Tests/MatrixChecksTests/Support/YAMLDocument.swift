import MatrixCore
import Yams

/// Reads YAML into a `Document`, for tests that write checks as people do.
enum YAMLDocument {
    struct Unreadable: Error {}

    static func read(_ text: String, file: String = "checks.yml") throws -> Document {
        guard let node = try Yams.compose(yaml: text) else { throw Unreadable() }
        return document(node, file)
    }

    private static func document(_ node: Node, _ file: String) -> Document {
        let location = SourceLocation(file: file, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
        switch node {
        case .scalar(let scalar):
            if node.tag == Tag(.null) || (scalar.style == .plain && ["", "~", "null"].contains(scalar.string)) {
                return Document(.null, at: location)
            }
            return Document(.scalar(scalar.string, plain: scalar.style == .plain), at: location)
        case .sequence(let sequence): return Document(.list(sequence.map { document($0, file) }), at: location)
        case .mapping(let mapping):
            let members = mapping.map { key, value in
                Document.Member(
                    key: key.string ?? "",
                    keyLocation: SourceLocation(file: file, line: key.mark?.line ?? 1, column: key.mark?.column ?? 1),
                    value: document(value, file))
            }
            return Document(.map(members), at: location)
        case .alias: return Document(.null, at: location)
        }
    }
}
