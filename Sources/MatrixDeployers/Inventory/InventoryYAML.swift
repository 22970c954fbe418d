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
        let pad = String(repeating: " ", count: indent)
        switch value {
        case .map(let inner) where !inner.isEmpty: return "\(pad)\(key):\n\(members(inner, indent: indent + 2))"
        case .list(let elements) where !elements.isEmpty:
            return "\(pad)\(key):\n" + elements.map { "\(pad)  - \(scalar($0))\n" }.joined()
        default: return "\(pad)\(key): \(scalar(value))\n"
        }
    }

    /// A value on one line; JSON is YAML.
    private static func scalar(_ value: Value) -> String { value.json }
}
