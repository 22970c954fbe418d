internal import Yams

/// The YAML documents of manifests, in the order in which a cluster takes them: what others need comes first.
public struct KubernetesDocuments: Sendable {
    /// Namespaces; their objects need them.
    public let namespaces: [String]
    /// Definitions of further kinds.
    public let definitions: [String]
    /// All others, in their order.
    public let others: [String]

    public init(_ text: String) {
        var found: [(kind: String?, text: String)] = []
        for document in Self.split(text) {
            do {
                // Without a node there are only comments.
                if let node = try Yams.compose(yaml: document) { found.append((node["kind"]?.string, document)) }
            } catch {
                // The cluster's own program says better what is wrong with it.
                found.append((nil, document))
            }
        }
        namespaces = found.filter { $0.kind == "Namespace" }.map(\.text)
        definitions = found.filter { $0.kind == "CustomResourceDefinition" }.map(\.text)
        others = found.filter { $0.kind != "Namespace" && $0.kind != "CustomResourceDefinition" }.map(\.text)
    }

    /// Documents as one text.
    public static func text(_ documents: [String]) -> String { documents.joined(separator: "\n---\n") }

    /// A line that begins with three dashes ends a document, also inside a block of text.
    private static func split(_ text: String) -> [String] {
        var documents: [[Substring]] = [[]]
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            if line == "---" {
                documents.append([])
            } else if line.hasPrefix("--- ") || line.hasPrefix("---\t") {
                documents.append([line.dropFirst(3)])
            } else {
                documents[documents.count - 1].append(line)
            }
        }
        return documents.map { $0.joined(separator: "\n") }
    }
}
