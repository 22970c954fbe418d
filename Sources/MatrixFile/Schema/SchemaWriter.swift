import MatrixCore

/// Writes the JSON Schema of matrix files, from the same shapes that validate them.
///
/// A value that is not text may also be a text with a reference, which is resolved before it is checked.
struct SchemaWriter {
    let kinds: [StepKeys.List: StepKinds]
    let drivers: [Declaration]

    func schema() -> Value {
        var schema = object(MatrixSections.object)
        var properties = schema["properties"]?.members ?? [:]
        properties["include"] = described(list(included), MatrixSections.object, "include")
        for (list, kinds) in kinds { properties[list.rawValue] = described(steps(kinds), MatrixSections.object, list.rawValue) }
        properties["platforms"] = described(
            ["type": "object", "additionalProperties": ["$ref": "#/$defs/platform"]], MatrixSections.object, "platforms")
        schema = schema.setting("properties", .map(properties))
        schema = schema.setting("$schema", "https://json-schema.org/draft/2020-12/schema")
        schema = schema.setting("title", "matrix").setting(
            "description", "A test matrix: systems × platforms, and what happens in each cell")
        return schema.setting("$defs", .map(definitions))
    }

    // MARK: Definitions

    private var definitions: [String: Value] {
        var definitions: [String: Value] = [
            "reference": ["type": "string", "pattern": #"\$\{"#, "description": "A text with ${…}"],
            "matcher": matcher, "platform": platform,
        ]
        for (list, kinds) in kinds {
            for kind in kinds.all {
                definitions["\(list.rawValue).\(kind.declaration.kind)"] = object(kind.object).setting(
                    "description", .string(kind.declaration.summary))
            }
        }
        for driver in drivers {
            let object = object(PlatformsSection.object(of: driver))
            let name: Value = ["const": .string(driver.kind), "description": "What kind of platform it is"]
            let properties = (object["properties"]?.members ?? [:]).merging(["driver": name]) { $1 }
            definitions["driver.\(driver.kind)"] = object.setting("properties", .map(properties)).setting(
                "description", .string(driver.summary))
        }
        return definitions
    }

    /// Settings may be spread over files that override each other: only existing keys are checked, by their driver.
    private var platform: Value {
        let choices = drivers.map { driver -> Value in
            [
                "if": ["properties": ["driver": ["const": .string(driver.kind)]], "required": ["driver"]],
                "then": ["$ref": .string("#/$defs/driver.\(driver.kind)")],
            ]
        }
        return ["type": "object", "allOf": choices.isEmpty ? [true] : .list(choices)]
    }

    private var matcher: Value {
        [
            "description": "A bare value means equality; contains, matches, gt, ge, lt, le, len, one_of, not, all, any are operators",
            "anyOf": [
                ["type": ["string", "number", "boolean"]], ["type": "array", "minItems": 1], ["type": "object", "minProperties": 1],
            ],
        ]
    }

    private func steps(_ kinds: StepKinds) -> Value {
        let choices = kinds.names.map { name -> Value in ["$ref": .string("#/$defs/\(kinds.list.rawValue).\(name)")] }
        return list(["type": "object", "anyOf": choices.isEmpty ? [true] : .list(choices)])
    }

    private var included: Value {
        let object = object(ObjectShape("an included cell", MatrixSections.overriding))
        return object.setting("additionalProperties", ["type": ["string", "number", "boolean"]]).setting("required", ["os", "platform"])
    }

    // MARK: Shapes

    private func list(_ items: Value) -> Value { ["type": "array", "items": items] }

    private func described(_ value: Value, _ object: ObjectShape, _ key: String) -> Value {
        value.setting("description", .string(object.keys.first { $0.name == key }?.summary ?? key))
    }

    private func object(_ object: ObjectShape) -> Value {
        let properties = object.keys.map { key in
            let value = value(of: key.shape).setting("description", .string(key.summary))
            return (key.name, key.nullable ? ["description": .string(key.summary), "anyOf": [value, ["type": "null"]]] : value)
        }
        var schema: Value = [
            "type": "object", "title": .string(object.name), "additionalProperties": false,
            "properties": .map(Dictionary(properties) { first, _ in first }),
        ]
        let required = object.keys.filter(\.required).map { Value.string($0.name) }
        if !required.isEmpty { schema = schema.setting("required", .list(required)) }
        if object.exactlyOne { schema = schema.setting("minProperties", 1).setting("maxProperties", 1) }
        return schema
    }

    private func value(of shape: Shape) -> Value {
        switch shape {
        case .any: [:]
        case .matcher: ["$ref": "#/$defs/matcher"]
        case .list(let element): list(value(of: element))
        case .oneOrMore(let element): ["anyOf": [value(of: element), list(value(of: element))]]
        case .map(let element): ["type": "object", "additionalProperties": removable(value(of: element))]
        case .object(let object): self.object(object)
        case .either(let shapes): ["anyOf": .list(shapes.map(value))]
        case .text: ["type": ["string", "number", "boolean"]]
        default: ["anyOf": [scalar(shape), ["$ref": "#/$defs/reference"]]]
        }
    }

    /// In `cells:` and in files that others override, `null` removes the key of a map.
    private func removable(_ value: Value) -> Value {
        guard case .map(let members) = value, !members.isEmpty else { return value }
        return ["anyOf": [value, ["type": "null"]]]
    }

    private func scalar(_ shape: Shape) -> Value {
        switch shape {
        case .boolean: ["type": "boolean"]
        case .integer(let range):
            Value.map(
                [
                    "type": "integer", "minimum": range.lowerBound == Int.min ? nil : .int(range.lowerBound),
                    "maximum": range.upperBound == Int.max ? nil : .int(range.upperBound),
                ].compactMapValues(\.self))
        case .number: ["type": "number"]
        case .pattern(let pattern, let meaning):
            ["type": ["string", "number"], "pattern": .string("^(?:\(pattern))$"), "title": .string(meaning)]
        case .choice(let words): choice(words)
        case .duration: ["type": "string", "pattern": #"^([0-9.]+(ms|s|m|h|d))+$"#, "title": "a duration such as 90s, 10m or 1h30m"]
        case .size: ["type": ["string", "integer"], "pattern": #"^[0-9.]+ ?([KMGT]i?B?|kB|B)?$"#, "title": "a size such as 8GiB"]
        default: ["type": "string"]
        }
    }

    /// An editor's YAML parser reads a word such as `1` as a number.
    private func choice(_ words: [String]) -> Value {
        let numbers = words.compactMap { Int($0).map(Value.int) }
        return ["enum": .list(words.map(Value.string) + numbers)]
    }
}

extension Value {
    /// The members of a map; nil for anything else.
    fileprivate var members: [String: Value]? {
        if case .map(let members) = self { members } else { nil }
    }

    /// This map with one more member.
    fileprivate func setting(_ key: String, _ value: Value) -> Value {
        .map((members ?? [:]).merging([key: value]) { $1 })
    }
}
