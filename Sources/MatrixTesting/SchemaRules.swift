public import MatrixCore

/// Rules of JSON Schema's draft 2020-12 that our schemas could break, and what an editor needs of them.
public struct SchemaRules {
    private let root: Value
    private var problems: [String] = []

    /// What is wrong with a schema; empty if nothing is.
    public static func problems(of schema: Value) -> [String] {
        var rules = SchemaRules(root: schema)
        if schema["$schema"] != "https://json-schema.org/draft/2020-12/schema" { rules.problems.append("$schema names another draft") }
        if schema["$id"]?.string?.hasPrefix("urn:solti-matrix:schema:") != true { rules.problems.append("$id is missing") }
        rules.check(schema, at: "#")
        return rules.problems
    }

    private init(root: Value) { self.root = root }

    private mutating func check(_ schema: Value, at path: String) {
        guard case .map(let members) = schema else {
            if case .bool = schema { return }
            return problems.append("\(path) is no schema")
        }
        for key in members.keys where !Self.known.contains(key) { problems.append("\(path) has the unknown keyword \(key)") }
        checkWords(members, at: path)
        checkReference(members, at: path)
        if members["if"] == nil, members["then"] != nil || members["else"] != nil { problems.append("\(path) has then or else without if") }
        if members["if"] != nil, members["then"] == nil, members["else"] == nil { problems.append("\(path) has if without then or else") }
        for (key, value) in members { descend(key, value, at: "\(path)/\(key)") }
    }

    private mutating func descend(_ key: String, _ value: Value, at path: String) {
        switch key {
        case "properties", "$defs":
            guard case .map(let parts) = value else { return problems.append("\(path) is no map") }
            for (name, part) in parts { check(part, at: "\(path)/\(name)") }
        case "allOf", "anyOf", "oneOf":
            if value.elements.isEmpty { problems.append("\(path) is no list with something in it") }
            for (index, part) in value.elements.enumerated() { check(part, at: "\(path)/\(index)") }
        case "items", "additionalProperties", "not", "if", "then", "else", "propertyNames": check(value, at: path)
        default: break
        }
    }

    /// Lists of names hold each only once, and those that are required are known.
    private mutating func checkWords(_ members: [String: Value], at path: String) {
        for key in ["required", "enum", "type"] {
            guard let list = members[key], case .list(let elements) = list else { continue }
            if Set(elements).count != elements.count { problems.append("\(path)/\(key) names something twice") }
            if elements.isEmpty, key != "required" { problems.append("\(path)/\(key) is empty") }
        }
        if let required = members["required"], required.elements.contains(where: { $0.string == nil }) || required.elements.isEmpty {
            problems.append("\(path)/required is no list of names")
        }
        guard members["additionalProperties"] == false, case .map(let properties)? = members["properties"] else { return }
        for name in members["required"]?.elements ?? [] where properties[name.string ?? ""] == nil {
            problems.append("\(path) requires \(name.text), which it does not allow")
        }
    }

    private mutating func checkReference(_ members: [String: Value], at path: String) {
        guard let reference = members["$ref"] else { return }
        let name = reference.string.flatMap { $0.hasPrefix("#/$defs/") ? String($0.dropFirst("#/$defs/".count)) : nil }
        if name.flatMap({ root["$defs"]?[$0] }) == nil { problems.append("\(path)/$ref leads nowhere: \(reference.text)") }
    }

    private static let known: Set = [
        "$schema", "$id", "$defs", "$ref", "title", "description", "type", "properties", "required", "additionalProperties",
        "propertyNames",
        "minProperties", "maxProperties", "items", "minItems", "allOf", "anyOf", "oneOf", "not", "if", "then", "else", "enum", "const",
        "pattern", "minimum", "maximum",
    ]
}
