import MatrixCore
import MatrixFile
import Testing

@Suite("The JSON Schema")
struct SchemaTests {
    private let schema = Fixtures.loader().schema()

    @Test("describes every key of the file, and no other")
    func topLevel() throws {
        guard case .map(let properties) = try #require(schema["properties"]) else { throw UsageError("no map") }
        for key in [
            "version", "axes", "hosts", "cells", "include", "deploy", "verify", "finally", "platforms", "os", "secrets", "limits", "keep",
        ] {
            #expect(properties[key]?["description"]?.string?.isEmpty == false)
        }
        #expect(schema["additionalProperties"] == false)
        #expect(schema["$schema"] == "https://json-schema.org/draft/2020-12/schema")
        #expect(schema["required"] == ["version", "axes"])
    }

    @Test("holds the declarations of steps, checks and drivers")
    func declarations() {
        let service = schema.element(at: #"$defs["verify.service"]"#)
        #expect(service?["required"] == ["service"])
        #expect(service?["additionalProperties"] == false)
        #expect(service?.element(at: "properties.enabled.$ref") == "#/$defs/matcher")
        #expect(service?.element(at: "properties.within.anyOf.0.type") == "string")
        #expect(schema.element(at: #"$defs["deploy.ansible"].properties.ansible.properties.playbook.description"#) == "The playbook")
        #expect(schema.element(at: #"$defs["verify.ansible"].properties.waive.type"#) == "object")
        #expect(schema.element(at: #"$defs["deploy.ansible"].properties.waive"#) == nil)
        #expect(schema.element(at: #"$defs["driver.proxmox"].properties.driver.const"#) == "proxmox")
        #expect(schema.element(at: "$defs.matcher.anyOf.2.minProperties") == 1)
    }

    @Test("every reference in it leads somewhere")
    func references() {
        for name in Self.references(in: schema) { #expect(schema.element(at: #"$defs["\#(name)"]"#) != nil, "\(name)") }
        #expect(Self.references(in: schema).contains("verify.file"))
    }

    private static func references(in value: Value) -> Set<String> {
        switch value {
        case .map(let members):
            let own = members["$ref"]?.string.map { Set([String($0.dropFirst("#/$defs/".count))]) } ?? []
            return members.values.reduce(own) { $0.union(references(in: $1)) }
        case .list(let elements): return elements.reduce([]) { $0.union(references(in: $1)) }
        default: return []
        }
    }
}
