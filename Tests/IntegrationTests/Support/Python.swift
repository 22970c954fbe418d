import MatrixCore
import MatrixRemote
import MatrixTesting

/// The Python of the tests' own environment, which has a validator of JSON Schema.
public enum Python {
    /// What is wrong with the files; empty if they are valid. A member that the schema does not name is wrong too.
    public static func validate(_ files: [String], against schema: String) async throws -> String {
        let result = try await LocalTransport().run(Command([Repository.path("fixtures/.venv/bin/python3"), "-c", script, schema] + files))
        return result.output + result.errorOutput
    }

    private static let script = """
        import json, sys
        from jsonschema import Draft202012Validator
        def closed(node):
            if isinstance(node, dict):
                if "properties" in node: node.setdefault("additionalProperties", False)
                for part in node.values(): closed(part)
            elif isinstance(node, list):
                for part in node: closed(part)
            return node
        schema = json.load(open(sys.argv[1]))
        Draft202012Validator.check_schema(schema)
        validator = Draft202012Validator(closed(schema))
        for name in sys.argv[2:]:
            for error in list(validator.iter_errors(json.load(open(name))))[:5]:
                print(name, "/".join(map(str, error.absolute_path)), error.message[:300])
        """
}
