internal import MatrixCore

/// A folder that a step names under `collections:`.
enum CollectionSource {
    /// A checkout of one collection.
    case checkout(path: String, namespace: String, name: String)
    /// A folder that holds `ansible_collections/`.
    case tree(path: String)

    /// Nil if the folder is neither.
    init?(_ path: String) {
        if let text = FileSystem.text(of: "\(path)/galaxy.yml") {
            guard let namespace = Self.value(of: "namespace", in: text), let name = Self.value(of: "name", in: text) else { return nil }
            self = .checkout(path: path, namespace: namespace, name: name)
        } else if FileSystem.isFolder("\(path)/ansible_collections") {
            self = .tree(path: path)
        } else {
            return nil
        }
    }

    /// The value of a key of a YAML map's top level; enough for the two words that a galaxy.yml must hold.
    private static func value(of key: String, in text: String) -> String? {
        for line in text.split(whereSeparator: \.isNewline) where line.hasPrefix("\(key):") {
            let value = line.dropFirst(key.count + 1).prefix { $0 != "#" }.filter { !$0.isWhitespace && $0 != "\"" && $0 != "'" }
            return value.isEmpty ? nil : value
        }
        return nil
    }
}
