import MatrixCore
import MatrixTesting
import MatrixYAML
import Testing

@Suite(.timeLimit(.minutes(10))) struct FuzzTests {
    @Test func yaml() throws {
        var fuzzer = Fuzzer(
            "yaml",
            samples: [
                "a: &a [1, 2, *b]\nb: &b { c: 'd', \"e\\n\": ~ }\n<<: *b\n? [x]\n: y\n",
                "- |\n  text\n  more\n- >-\n  folded\n- !!str 1\n- !vault x\n",
                "a: &a0 [x, x]\nb: &a1 [*a0, *a0]\nc: [*a1, *a1]\n--- \nsecond: 1\n...\n", "{a: [b, {c: d}], e: \"\\x41\\u00e9\"}\n",
            ], words: ["&a", "*a", "<<: ", "- ", ": ", "? ", "!!", "|\n", "---\n", "%YAML 1.2\n", "{", "[", "'", "\""])
        try fuzzer.run { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            let (documents, problems) = YAMLReader(file: "f.yml", limits: YAMLLimits(values: 5000)).documents(in: text)
            _ = (documents.map(\.value.json), documents.map(\.scalars.count), problems.map(\.description))
        }
    }
}
