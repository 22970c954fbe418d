import Foundation
import MatrixTesting

/// The Python of the tests' own environment, which has a validator of JSON Schema.
enum Python {
    private static let program = "\(Project.root)/fixtures/.venv/bin/python3"

    static var isThere: Bool {
        Required.orSkipped(FileManager.default.fileExists(atPath: program) && (try? run(["-c", "import jsonschema"]).status) == 0)
    }

    /// What is wrong with the files; empty where they are valid. A member that the schema does not name is wrong too.
    static func validate(_ files: [String], against schema: String) throws -> String {
        try run(["-c", script, schema] + files).output
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

    private static func run(_ arguments: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.standardOutput = pipe
        process.standardError = pipe
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }
}
