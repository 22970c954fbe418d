import Foundation
import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixPlatforms
@testable import MatrixPlatformsTests

/// Linode's official OpenAPI description; its source is in `fixtures/linode/README.md`.
struct OfficialDescription {
    private static let file = Repository.path("fixtures/linode/openapi-4.208.1.json.gz")

    /// The keys of a schema that say what a value may be; all others are prose.
    private static let kept: Set = [
        "type", "properties", "required", "additionalProperties", "items", "enum", "format", "maxLength", "minLength", "pattern", "maximum",
        "minimum", "maxItems",
        "minItems", "maxProperties", "nullable", "readOnly", "writeOnly", "oneOf", "anyOf", "allOf", "x-linode-filterable",
    ]

    private let root: [String: Any]

    init() async throws {
        let bytes = try await Self.unpacked()
        root = try #require(try JSONSerialization.jsonObject(with: bytes) as? [String: Any])
    }

    private static func unpacked() async throws -> Data {
        let folder = try TemporaryFolder()
        let target = folder.path + "/openapi.json"
        let (status, _, error) = try await ServerProcess.run(["sh", "-c", "gzip -dc -- \"$1\" > \"$2\"", "sh", file, target])
        try #require(status == 0, "\(error)")
        return try Data(contentsOf: URL(fileURLWithPath: target))
    }

    /// What the fake is driven by: these operations, and of each what requests and answers may hold; one line for each.
    func excerpt(_ names: Set<String>) throws -> String {
        let lines = try names.sorted().map { "\(JSON.text($0)):\(try operation($0).json)" }
        let version = (root["info"] as? [String: Any])?["version"] as? String ?? ""
        return "{\n\"operations\":{\n\(lines.joined(separator: ",\n"))\n},\n\"version\":\(JSON.text(version))\n}\n"
    }

    private func operation(_ name: String) throws -> Value {
        let words = name.split(separator: " ").map(String.init)
        let path = try #require((root["paths"] as? [String: Any])?[words[1]] as? [String: Any], "\(words[1]) is not described")
        let operation = try #require(path[words[0].lowercased()] as? [String: Any], "\(name) is not described")
        var value: [String: Value] = ["answer": try Self.schema((operation["responses"] as? [String: Any])?["200"])]
        if let security = operation["security"] as? [[String: [String]]] {
            value["scopes"] = .list(Set(security.flatMap { $0["oauth"] ?? [] }).sorted().map(Value.string))
        }
        let parameters = try ((path["parameters"] as? [Any] ?? []) + (operation["parameters"] as? [Any] ?? [])).map(Self.parameter)
        if !parameters.isEmpty {
            value["parameters"] = .list(
                parameters.sorted { ($0["in"]?.text ?? "", $0["name"]?.text ?? "") < ($1["in"]?.text ?? "", $1["name"]?.text ?? "") })
        }
        if let body = operation["requestBody"] as? [String: Any] {
            value["body"] = ["required": .bool(body["required"] as? Bool ?? false), "schema": try Self.schema(body)]
        }
        return .map(value)
    }

    private static func parameter(_ given: Any) throws -> Value {
        let parameter = try #require(given as? [String: Any])
        return [
            "name": .string(parameter["name"] as? String ?? ""), "in": .string(parameter["in"] as? String ?? ""),
            "required": .bool(parameter["required"] as? Bool ?? false), "schema": try value(stripped(parameter["schema"] ?? [:])),
        ]
    }

    /// The schema of what a request or an answer holds.
    private static func schema(_ holder: Any?) throws -> Value {
        let content = try #require((holder as? [String: Any])?["content"] as? [String: Any])
        let media = try #require(content["application/json"] as? [String: Any])
        return try value(stripped(media["schema"] ?? [:]))
    }

    private static func stripped(_ schema: Any) -> Any {
        guard let members = schema as? [String: Any] else { return schema }
        return members.reduce(into: [String: Any]()) { result, member in
            guard kept.contains(member.key) else { return }
            switch (member.key, member.value) {
            case ("properties", let properties as [String: Any]): result[member.key] = properties.mapValues(stripped)
            case ("items", let inner), ("additionalProperties", let inner): result[member.key] = stripped(inner)
            case ("oneOf", let parts as [Any]), ("anyOf", let parts as [Any]), ("allOf", let parts as [Any]):
                result[member.key] = parts.map(stripped)
            default: result[member.key] = member.value
            }
        }
    }

    private static func value(_ object: Any) throws -> Value {
        try JSON.decode(Value.self, from: Array(JSONSerialization.data(withJSONObject: object)))
    }
}
