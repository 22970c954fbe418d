internal import MatrixCore

/// Values as YAML that every parser reads back as the same: block style, texts in JSON's double quotes.
enum InventoryYAML {
    /// A map's members, sorted by key, on separate lines.
    static func members(_ members: [String: Value], indent: Int) -> String {
        members.sorted { $0.key < $1.key }.map { member(key($0.key), $0.value, indent: indent) }.joined()
    }

    /// A key: bare if it is a plain word, else quoted.
    static func key(_ name: String) -> String {
        let plain = name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_-.".contains($0)) }
        let wordLike =
            name.first?.isLetter == true && !["y", "n", "yes", "no", "on", "off", "true", "false", "null"].contains(name.lowercased())
        return plain && wordLike ? name : JSON.text(name)
    }

    private static func member(_ key: String, _ value: Value, indent: Int) -> String {
        // On one line a value is JSON, which is YAML.
        let pad = String(repeating: " ", count: indent)
        switch value {
        case .map(let inner) where !inner.isEmpty: return "\(pad)\(key):\n\(members(inner, indent: indent + 2))"
        case .list(let elements) where !elements.isEmpty:
            return "\(pad)\(key):\n" + elements.map { "\(pad)  - \($0.json)\n" }.joined()
        default: return "\(pad)\(key): \(value.json)\n"
        }
    }
}
