import MatrixCore
internal import Yams

/// Turns the parser's nodes into a `Document`: resolves merge keys, finds repeated keys, and keeps every position.
struct NodeConverter {
    /// Aliases of aliases can grow without bounds in a few lines; a matrix file of 10,000 cells has some 100,000 values.
    static let largest = 2_000_000

    let file: String
    let problems: Problems
    /// Names of keys that were renamed for the parser.
    let hiddenKeys: [String: String]
    private var count = 0

    init(file: String, problems: Problems, hiddenKeys: [String: String]) {
        self.file = file
        self.problems = problems
        self.hiddenKeys = hiddenKeys
    }

    mutating func document(of node: Node) -> Document {
        let location = location(of: node)
        count += 1
        guard count <= Self.largest else {
            problems.error(
                at: SourceLocation(file: file, line: 1, column: 1), "the file's aliases expand to too many values",
                hint: "use fewer aliases")
            return Document(.null, at: location)
        }
        checkTag(of: node)
        switch node {
        case .scalar(let scalar): return Document(content(of: scalar, in: node), at: location)
        case .sequence(let sequence): return Document(.list(sequence.map { document(of: $0) }), at: location)
        case .mapping(let mapping): return Document(.map(members(of: mapping)), at: location)
        case .alias: return Document(.null, at: location)
        }
    }

    private func location(of node: Node) -> SourceLocation {
        SourceLocation(file: file, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
    }

    private func content(of scalar: Node.Scalar, in node: Node) -> Document.Content {
        let plain = scalar.style == .plain
        if plain, ["", "~", "null", "Null", "NULL"].contains(scalar.string) { return .null }
        return .scalar(scalar.string, plain: plain)
    }

    private func checkTag(of node: Node) {
        let tag = node.tag.description
        guard tag.hasPrefix("!") else { return }
        problems.error(
            at: location(of: node), "YAML tags such as `\(tag)` are not supported",
            hint: tag == "!vault" ? "name the vault as a source under `secrets:`" : "remove it")
    }

    private mutating func members(of mapping: Node.Mapping) -> [Document.Member] {
        var members: [Document.Member] = []
        var lines: [String: Int] = [:]
        var merged: [Document.Member] = []
        for (key, value) in mapping {
            let place = location(of: key)
            guard case .scalar(let scalar) = key else {
                problems.error(at: place, "a key must be text, not a list or a map", hint: "quote it")
                continue
            }
            if scalar.style == .plain, scalar.string == "<<" {
                merged += mergedMembers(of: value)
                continue
            }
            let name = hiddenKeys[scalar.string] ?? scalar.string
            if let line = lines[name] {
                problems.error(at: place, "`\(name)` is written twice; the first is on line \(line)", hint: "keep one of them")
                continue
            }
            lines[name] = place.line
            members.append(Document.Member(key: name, keyLocation: place, value: document(of: value)))
        }
        for member in merged where lines.updateValue(0, forKey: member.key) == nil { members.append(member) }
        return members
    }

    private mutating func mergedMembers(of node: Node) -> [Document.Member] {
        let place = location(of: node)
        let sources = document(of: node).oneOrMore
        if sources.contains(where: { if case .map = $0.content { false } else { true } }) {
            problems.error(at: place, "`<<` takes a map or a list of maps", hint: "write `<<: *name` of an anchored map")
        }
        return sources.flatMap(\.members)
    }
}
