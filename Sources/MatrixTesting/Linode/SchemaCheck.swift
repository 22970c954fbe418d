internal import Foundation
public import MatrixCore

/// Checks a value against a schema of an OpenAPI 3.0 description.
///
/// The parts of an `allOf` are merged into one object. As JSON Schema, the first part of the create call
/// (`additionalProperties: false`) would refuse every property of the second.
public struct SchemaCheck {
    /// The direction of a value.
    public enum Direction: Sendable {
        case request
        case answer
    }

    /// A problem in one part of a value.
    public struct Problem: Hashable, Sendable {
        /// `metadata.user_data`, `tags[0]`; empty for the whole value.
        public var field: String
        public var reason: String
    }

    private let direction: Direction

    /// All problems of a value; empty if it is valid.
    public static func problems(of value: Value, against schema: Value, as direction: Direction) -> [Problem] {
        SchemaCheck(direction: direction).problems(value, schema, "")
    }

    /// A schema with its `allOf` merged into it.
    static func merged(_ schema: Value) -> Value {
        guard case .map(var whole) = schema, let parts = whole.removeValue(forKey: "allOf") else { return schema }
        for case .map(let part) in parts.elements.map(merged) {
            whole.merge(part) { one, other in
                switch (one, other) {
                case (.map(let one), .map(let other)): .map(one.merging(other) { first, _ in first })
                case (.list(let one), .list(let other)): .list(one + other)
                case (_, false): false
                default: one
                }
            }
        }
        return .map(whole)
    }

    private func problems(_ value: Value, _ given: Value, _ field: String) -> [Problem] {
        let schema = Self.merged(given)
        if value == .null {
            return schema["nullable"] == true || schema == .map([:]) ? [] : [Problem(field: field, reason: "must not be null")]
        }
        if let type = schema["type"]?.string, !value.isOf(type) { return [Problem(field: field, reason: "must be of type \(type)")] }
        return chosen(value, schema, field) + listed(value, schema, field) + inside(value, schema, field)
    }

    /// `oneOf` and `anyOf`.
    private func chosen(_ value: Value, _ schema: Value, _ field: String) -> [Problem] {
        func fitting(_ key: String) -> Int? { schema[key]?.elements.count { self.problems(value, $0, field).isEmpty } }
        var problems: [Problem] = []
        if let count = fitting("oneOf"), count != 1 {
            problems.append(Problem(field: field, reason: "fits \(count) of the described forms, not one"))
        }
        if fitting("anyOf") == 0 { problems.append(Problem(field: field, reason: "fits none of the described forms")) }
        return problems
    }

    private func listed(_ value: Value, _ schema: Value, _ field: String) -> [Problem] {
        guard let allowed = schema["enum"]?.elements, !allowed.contains(value) else { return [] }
        return [Problem(field: field, reason: "must be one of \(allowed.map(\.text).joined(separator: ", "))")]
    }

    private func inside(_ value: Value, _ schema: Value, _ field: String) -> [Problem] {
        switch value {
        case .string(let text): inText(text, schema).map { Problem(field: field, reason: $0) }
        case .int, .double: inNumber(value.number ?? 0, schema).map { Problem(field: field, reason: $0) }
        case .list(let elements): inList(elements, schema, field)
        case .map(let members): inObject(members, schema, field)
        case .null, .bool: []
        }
    }

    private func inText(_ text: String, _ schema: Value) -> [String] {
        var reasons: [String] = []
        let length = text.unicodeScalars.count
        if let least = schema["minLength"]?.number, Double(length) < least {
            reasons.append("must be at least \(Int(nearest: least)) characters")
        }
        if let most = schema["maxLength"]?.number, Double(length) > most {
            reasons.append("must be at most \(Int(nearest: most)) characters")
        }
        if let pattern = schema["pattern"]?.string, !Self.matches(text, pattern) { reasons.append("must match \(pattern)") }
        if schema["format"]?.string == "byte", Data(base64Encoded: text) == nil { reasons.append("must be base64") }
        return reasons
    }

    private static func matches(_ text: String, _ pattern: String) -> Bool {
        // The patterns are ECMAScript's. ICU reads a hyphen after a range as an operator, ECMAScript as a hyphen.
        guard let expression = try? NSRegularExpression(pattern: pattern.replacing("0-9-_", with: "0-9\\-_")) else { return false }
        return expression.firstMatch(in: text, range: NSRange(text.startIndex..., in: text)) != nil
    }

    private func inNumber(_ number: Double, _ schema: Value) -> [String] {
        var reasons: [String] = []
        if let least = schema["minimum"]?.number, number < least { reasons.append("must be at least \(Int(nearest: least))") }
        if let most = schema["maximum"]?.number, number > most { reasons.append("must be at most \(Int(nearest: most))") }
        return reasons
    }

    private func inList(_ elements: [Value], _ schema: Value, _ field: String) -> [Problem] {
        var problems: [Problem] = []
        if let least = schema["minItems"]?.number, Double(elements.count) < least {
            problems.append(Problem(field: field, reason: "has too few items"))
        }
        if let most = schema["maxItems"]?.number, Double(elements.count) > most {
            problems.append(Problem(field: field, reason: "has too many items"))
        }
        guard let item = schema["items"] else { return problems }
        return problems + elements.enumerated().flatMap { self.problems($0.element, item, "\(field)[\($0.offset)]") }
    }

    private func inObject(_ members: [String: Value], _ schema: Value, _ field: String) -> [Problem] {
        func name(_ key: String) -> String { field.isEmpty ? key : "\(field).\(key)" }
        var problems: [Problem] = []
        for key in (schema["required"]?.elements ?? []).compactMap(\.string) where members[key] == nil && direction == .request {
            problems.append(Problem(field: name(key), reason: "\(key) is required"))
        }
        if let most = schema["maxProperties"]?.number, Double(members.count) > most {
            problems.append(Problem(field: field, reason: "has too many properties"))
        }
        for (key, value) in members.sorted(by: { $0.key < $1.key }) {
            guard let property = schema["properties"]?[key] else {
                if schema["additionalProperties"] == false { problems.append(Problem(field: name(key), reason: "is not described")) }
                continue
            }
            if property[direction == .request ? "readOnly" : "writeOnly"] == true {
                problems.append(Problem(field: name(key), reason: "only goes the other way"))
            }
            problems += self.problems(value, property, name(key))
        }
        return problems
    }
}

extension Value {
    /// Whether it has a type, by the type's name in OpenAPI.
    fileprivate func isOf(_ type: String) -> Bool {
        switch (type, self) {
        case ("object", .map), ("array", .list), ("string", .string), ("boolean", .bool), ("integer", .int), ("number", .int),
            ("number", .double):
            true
        default: false
        }
    }
}
