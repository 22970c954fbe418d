internal import MatrixYAML

/// Reads YAML that hosts show: by YAML 1.2, and where Ansible writes YAML 1.1, by that. docs/checks.md has the table.
enum HostYAMLReader {
    private static let standard = "tag:yaml.org,2002:"

    /// The value of a text; several documents are a list. Nil if it is not YAML, is empty, or expands to too many values.
    static func value(of text: String) -> HostValue? {
        // Aliases of aliases grow without bounds in a few lines: this reader has a limit.
        guard !YAMLReader(acceptsTags: true).documents(in: text).documents.isEmpty else { return nil }
        guard let documents = YAMLNode.documents(in: text)?.map(value), let first = documents.first else { return nil }
        return documents.count == 1 ? first : .list(documents)
    }

    private static func value(of node: YAMLNode) -> HostValue {
        switch node {
        case .scalar(let text, let isPlain, let tag): value(of: text, isPlain: isPlain, tag: tag)
        case .list(let elements): .list(elements.map(value))
        case .map(let members): .map(Self.members(members))
        }
    }

    /// A tag that is not YAML's own, such as `!vault`, leaves the text as it is.
    private static func value(of text: String, isPlain: Bool, tag: String?) -> HostValue {
        guard let tag else { return isPlain ? YAMLScalar.value(of: text) : .string(text) }
        guard tag.hasPrefix(standard) else { return .string(text) }
        let kind = String(tag.dropFirst(standard.count))
        guard ["int", "float", "bool", "null"].contains(kind) else { return .string(text) }
        return YAMLScalar.value(of: text, tagged: kind)
    }

    /// Own keys override those of `<<`, and an earlier map of several those of later ones.
    private static func members(_ pairs: [(key: YAMLNode, value: YAMLNode)]) -> [ExactText: HostValue] {
        var members: [ExactText: HostValue] = [:]
        var merged: [ExactText: HostValue] = [:]
        for (key, element) in pairs {
            guard isMerge(key), let maps = maps(element) else {
                members.add(value(of: element), as: name(of: key))
                continue
            }
            for map in maps { merged.merge(Self.members(map)) { first, _ in first } }
        }
        return merged.merging(members) { _, own in own }
    }

    private static func isMerge(_ key: YAMLNode) -> Bool {
        guard case .scalar("<<", let isPlain, let tag) = key else { return false }
        return isPlain && tag == nil || tag == "\(standard)merge"
    }

    /// The maps that a merge key names; nil if it names something else, and is a key like any other.
    private static func maps(_ node: YAMLNode) -> [[(key: YAMLNode, value: YAMLNode)]]? {
        switch node {
        case .map(let members): return [members]
        case .list(let elements):
            let maps = elements.compactMap { element in if case .map(let members) = element { members } else { nil } }
            return maps.count == elements.count ? maps : nil
        case .scalar: return nil
        }
    }

    /// Keys are texts as they were written.
    private static func name(of key: YAMLNode) -> String {
        if case .scalar(let text, _, _) = key { return text }
        return value(of: key).json
    }
}
