import MatrixCore
import MatrixFile
import MatrixTesting
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

    @Test("keeps the rules of its draft")
    func rules() {
        let loader = Fixtures.loader()
        let recipe = ObjectShape(
            "a recipe", [KeyShape("name", .text, "A name", required: true), KeyShape("checks", .list(.any), "Checks")])
        let schemas = [
            schema, loader.platformsSchema(), loader.checksSchema(),
            loader.schema(of: recipe, .recipe, "A recipe", checks: ["properties", "checks"]),
        ]
        for schema in schemas { #expect(SchemaRules.problems(of: schema) == [], "\(schema["$id"]?.text ?? "")") }
        #expect(Set(schemas.compactMap { $0["$id"]?.string }).count == schemas.count)
    }

    @Test("requires no key twice, even if a driver's settings are declared twice")
    func twice() throws {
        let keys = [KeyShape("driver", .text, "Its kind", required: true), KeyShape("token", .text, "A token", required: true)]
        let driver = Declaration(
            kind: "cloud", subject: .object(ObjectShape("a cloud", keys)), keys: keys, summary: "A cloud", example: "driver: cloud")
        let schema = Fixtures.loader(drivers: [driver]).schema()
        #expect(schema.element(at: #"$defs["driver.cloud"].required"#) == ["driver", "token"])
        #expect(SchemaRules.problems(of: schema) == [])
    }

    @Test("decides by an item's kind which keys it may have")
    func kinds() throws {
        let item = try #require(schema.element(at: "$defs.verify"))
        let choices = item.element(at: "then.allOf")?.elements ?? []
        #expect(choices.count == TestKinds.checks.count + 3)
        #expect(choices.contains(["if": ["required": ["service"]], "then": ["$ref": "#/$defs/verify.service"]]))
        // `group` is a check, and a key of the check `file`.
        #expect(
            choices.contains([
                "if": ["required": ["group"], "not": ["anyOf": [["required": ["file"]]]]], "then": ["$ref": "#/$defs/verify.group"],
            ]))
        #expect(item.element(at: "else.propertyNames.enum")?.elements.contains("http") == true)
        for path in ["properties.verify", "properties.cells.items.properties.verify", "properties.include.items.properties.verify"] {
            #expect(schema.element(at: "\(path).items.$ref") == "#/$defs/verify", "\(path)")
        }
    }

    @Test("knows what a broken schema is")
    func broken() {
        let schema: Value = [
            "type": ["object", "object"], "required": ["a", "a"],
            "properties": ["b": ["$ref": "#/$defs/c"], "d": ["then": true, "anyOf": []]],
            "additionalProperties": false, "wrong": 1,
        ]
        #expect(SchemaRules.problems(of: schema).count == 10)
    }
}
