import MatrixCore

/// Writes the JSON Schema of matrix files, from the same shapes that validate them.
///
/// A value that is not text may also be a text with a reference, which is resolved before it is checked.
struct SchemaWriter {
    let kinds: [StepKeys.List: StepKinds]
    let drivers: [Declaration]

    /// The schema of matrix files.
    func schema() -> Value {
        var schema = withSteps(object(MatrixSections.object))
        schema = schema.changing(["properties", "cells", "items"], withSteps)
        schema = schema.changing(["properties", "include"]) { list(included).setting("description", $0["description"] ?? "") }
        schema = schema.changing(["properties", "platforms"]) { platforms.setting("description", $0["description"] ?? "") }
        return document(
            schema, .matrix, "A test matrix: systems × platforms, and what happens in each cell", definitions(of: kinds, drivers: drivers))
    }

    /// An object whose lists of steps and checks have items of known kinds.
    private func withSteps(_ object: Value) -> Value {
        kinds.keys.reduce(object) { object, list in
            object.changing(["properties", list.rawValue]) { old in
                removable(self.list(["$ref": .string("#/$defs/\(list.rawValue)")])).setting("description", old["description"] ?? "")
            }
        }
    }

    /// The schema of the files that `use:` names.
    func platformsSchema() -> Value {
        let schema = object(MatrixSections.used)
        let described = schema.changing(["properties", "platforms"]) { platforms.setting("description", $0["description"] ?? "") }
        return document(
            described, .platforms, "Platforms and systems, for matrix files that use this one", definitions(of: [:], drivers: drivers))
    }

    /// The schema of a file that holds only checks.
    func checksSchema() -> Value {
        guard let kinds = kinds[.verify] else { return true }
        let checks = list(["$ref": "#/$defs/verify"]).setting("minItems", 1).setting("description", "The checks")
        let map: Value = [
            "type": "object", "additionalProperties": false, "required": ["verify"],
            "properties": ["verify": checks, "vars": ["type": "object", "description": "Variables, for ${vars.x}"]],
        ]
        let schema: Value = ["type": ["array", "object"], "if": ["type": "array"], "then": checks, "else": map]
        return document(schema, .checks, "Checks for matrix check", definitions(of: [.verify: kinds], drivers: []))
    }

    /// The schema of another kind of file.
    ///
    /// - Parameter checks: the path of the member that holds checks; empty for none.
    func schema(of shape: ObjectShape, _ kind: SchemaKind, _ description: String, checks: [String]) -> Value {
        let schema = object(shape)
        guard !checks.isEmpty, let kinds = kinds[.verify] else {
            return document(schema, kind, description, definitions(of: [:], drivers: []))
        }
        let items = schema.changing(checks) { old in
            list(["$ref": "#/$defs/verify"]).setting("description", old["description"] ?? "")
        }
        return document(items, kind, description, definitions(of: [.verify: kinds], drivers: []))
    }

    // MARK: Definitions

    private func document(_ schema: Value, _ kind: SchemaKind, _ description: String, _ definitions: [String: Value]) -> Value {
        schema.setting("$schema", "https://json-schema.org/draft/2020-12/schema").setting("$id", .string(kind.id))
            .setting("title", .string(kind.title)).setting("description", .string(description)).setting("$defs", .map(definitions))
    }

    private func definitions(of kinds: [StepKeys.List: StepKinds], drivers: [Declaration]) -> [String: Value] {
        var definitions: [String: Value] = [
            "reference": ["type": "string", "pattern": #"\$\{"#, "description": "A text with ${…}"],
            "matcher": matcher,
        ]
        if !drivers.isEmpty { definitions["platform"] = platform }
        for (list, kinds) in kinds {
            definitions[list.rawValue] = item(of: kinds)
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

    private var platforms: Value { ["type": "object", "additionalProperties": ["$ref": "#/$defs/platform"]] }

    /// Settings may be spread over files that override each other: only existing keys are checked, by their driver.
    private var platform: Value {
        let choices = drivers.map { driver -> Value in
            [
                "if": ["type": "object", "properties": ["driver": ["const": .string(driver.kind)]], "required": ["driver"]],
                "then": ["$ref": .string("#/$defs/driver.\(driver.kind)")],
            ]
        }
        let names: Value = [
            "description": "What kind of platform it is",
            "anyOf": [["enum": .list(drivers.map { .string($0.kind) })], ["$ref": "#/$defs/reference"]],
        ]
        return ["type": ["object", "null"], "properties": ["driver": names], "allOf": choices.isEmpty ? [true] : .list(choices)]
    }

    private var matcher: Value {
        [
            "description": "A bare value means equality; contains, matches, gt, ge, lt, le, len, one_of, not, all, any are operators",
            "anyOf": [
                ["type": ["string", "number", "boolean"]], ["type": "array", "minItems": 1], ["type": "object", "minProperties": 1],
            ],
        ]
    }

    /// An item of a list of steps or checks. Its kind decides what its keys may be, so that an editor names the key that is wrong.
    private func item(of kinds: StepKinds) -> Value {
        guard !kinds.all.isEmpty else { return ["type": "object"] }
        let choices = kinds.all.map { kind -> Value in
            let name = kind.declaration.kind
            // `user` is a check and also a key of the check `process`: the kind with the other one as its key comes first.
            let owners = kinds.all.filter {
                $0.declaration.kind != name && $0.keys.contains(name) && !kind.keys.contains($0.declaration.kind)
            }
            let isNamed = Self.has(name)
            let condition: Value =
                owners.isEmpty ? isNamed : isNamed.setting("not", ["anyOf": .list(owners.map { Self.has($0.declaration.kind) })])
            return ["if": condition, "then": ["$ref": .string("#/$defs/\(kinds.list.rawValue).\(name)")]]
        }
        let names = kinds.all.map { ($0.declaration.kind, Value.map(["description": .string($0.declaration.summary)])) }
        return [
            "type": "object", "minProperties": 1, "properties": .map(Dictionary(names) { first, _ in first }),
            "if": ["type": "object", "anyOf": .list(kinds.names.map(Self.has))], "then": ["allOf": .list(choices)],
            "else": [
                "title": .string("a \(kinds.list.noun) needs a kind"), "propertyNames": ["enum": .list(kinds.names.map(Value.string))],
            ],
        ]
    }

    private static func has(_ key: String) -> Value { ["required": [.string(key)]] }

    private var included: Value {
        let object = withSteps(object(ObjectShape("an included cell", MatrixSections.overriding)))
        return object.setting("additionalProperties", ["type": ["string", "number", "boolean"]]).setting("required", ["os", "platform"])
    }

    // MARK: Shapes

    private func list(_ items: Value) -> Value { ["type": "array", "items": items] }

    private func object(_ object: ObjectShape) -> Value {
        let properties = object.keys.map { key in
            let value = value(of: key.shape)
            return (key.name, (key.nullable ? removable(value) : value).setting("description", .string(key.summary)))
        }
        var schema: Value = [
            "type": "object", "title": .string(object.name), "additionalProperties": false,
            "properties": .map(Dictionary(properties) { first, _ in first }),
        ]
        // The draft allows no name twice.
        let required = object.keys.enumerated().filter { index, key in
            key.required && object.keys.firstIndex { $0.name == key.name } == index
        }.map { Value.string($0.element.name) }
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
    ///
    /// As one more type if it can be: with `anyOf` an editor does not say which of the keys inside is wrong.
    private func removable(_ value: Value) -> Value {
        guard case .map(let members) = value, !members.isEmpty else { return value }
        switch members["type"] {
        case .string(let type) where members["enum"] == nil: return value.setting("type", [.string(type), "null"])
        case .list(let types) where members["enum"] == nil: return value.setting("type", .list(types + ["null"]))
        default: return ["anyOf": [value, ["type": "null"]]]
        }
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

    /// This map with the member at a path changed; as it is if there is no such member.
    fileprivate func changing(_ path: [String], _ change: (Value) -> Value) -> Value {
        guard let first = path.first else { return change(self) }
        guard let member = self[first] else { return self }
        return setting(first, member.changing(Array(path.dropFirst()), change))
    }

    /// This map with one more member.
    fileprivate func setting(_ key: String, _ value: Value) -> Value {
        .map((members ?? [:]).merging([key: value]) { $1 })
    }
}
