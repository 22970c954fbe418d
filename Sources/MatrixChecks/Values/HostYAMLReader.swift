internal import MatrixYAML
internal import Yams

/// Reads YAML that hosts show: by YAML 1.2, and where Ansible writes YAML 1.1, by that. docs/checks.md has the table.
enum HostYAMLReader {
    private static let standard = "tag:yaml.org,2002:"
    /// Yams looks for repeated keys, and gives each plain key the tag of a text meanwhile, also `<<` unless it has this rule.
    private static let resolver = Resolver.basic.appending(.merge)

    /// The value of a text; several documents are a list. Nil if it is not YAML, is empty, or expands to too many values.
    static func value(of text: String) -> HostValue? {
        // Aliases of aliases grow without bounds in a few lines, and Yams has no limit: only this reader has.
        let count = YAMLReader(acceptsTags: true).documents(in: text).documents.count
        guard count > 0 else { return nil }
        let body = text.unicodeScalars.first == "\u{feff}" ? String(text.unicodeScalars.dropFirst()) : text
        // At a document with a repeated key, Yams ends without an error.
        guard let documents = try? Yams.compose_all(yaml: body, resolver).map(value), documents.count == count, let first = documents.first
        else { return nil }
        return documents.count == 1 ? first : .list(documents)
    }

    private static func value(of node: Node) -> HostValue {
        switch node {
        case .scalar(let scalar): value(of: scalar)
        case .sequence(let sequence): .list(sequence.map(value))
        case .mapping(let mapping): .map(members(of: mapping))
        case .alias: .null
        }
    }

    /// A quoted scalar comes with the tag of a text. A tag that is not YAML's own, such as `!vault`, leaves the text as it is.
    private static func value(of scalar: Node.Scalar) -> HostValue {
        let tag = scalar.tag.description
        if tag.isEmpty { return scalar.style == .plain ? YAMLScalar.value(of: scalar.string) : .string(scalar.string) }
        guard tag.hasPrefix(standard) else { return .string(scalar.string) }
        let kind = String(tag.dropFirst(standard.count))
        guard ["int", "float", "bool", "null"].contains(kind) else { return .string(scalar.string) }
        return YAMLScalar.value(of: scalar.string, tagged: kind)
    }

    /// Own keys override those of `<<`, and an earlier map of several those of later ones.
    private static func members(of mapping: Node.Mapping) -> [String: HostValue] {
        var members: [String: HostValue] = [:]
        var merged: [String: HostValue] = [:]
        for (key, element) in mapping {
            guard isMerge(key), let maps = Self.maps(element) else {
                members[name(of: key)] = value(of: element)
                continue
            }
            for map in maps { merged.merge(Self.members(of: map)) { first, _ in first } }
        }
        return merged.merging(members) { _, own in own }
    }

    private static func isMerge(_ key: Node) -> Bool {
        guard case .scalar(let scalar) = key, scalar.string == "<<" else { return false }
        return scalar.tag.description.isEmpty && scalar.style == .plain || scalar.tag.description == "\(standard)merge"
    }

    /// The maps that a merge key names; nil if it names something else, and is a key like any other.
    private static func maps(_ node: Node) -> [Node.Mapping]? {
        switch node {
        case .mapping(let mapping): return [mapping]
        case .sequence(let sequence):
            let maps = sequence.compactMap { element in if case .mapping(let mapping) = element { mapping } else { nil } }
            return maps.count == sequence.count ? maps : nil
        default: return nil
        }
    }

    /// Keys are texts as they were written.
    private static func name(of key: Node) -> String {
        if case .scalar(let scalar) = key { return scalar.string }
        return value(of: key).json
    }
}
