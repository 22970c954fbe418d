import MatrixCore
import MatrixYAML
import Testing

@Suite struct YAMLReaderTests {
    private func value(_ text: String) throws -> Value {
        let (document, problems) = YAMLReader(file: "a.yml").document(in: text)
        #expect(problems == [])
        return try #require(document).value
    }

    private func problems(_ text: String, limits: YAMLLimits = YAMLLimits()) -> [String] {
        YAMLReader(file: "a.yml", limits: limits).document(in: text).problems.map(\.description)
    }

    @Test func scalarsListsAndMapsAreRead() throws {
        #expect(
            try value("a: 1\nb: [x, 'y', \"z\\n\", ~]\nc: { d: true, 1: 1.10 }\ne: |\n  text\n  more\n") == [
                "a": 1, "b": ["x", "y", "z\n", .null], "c": ["d": true, "1": "1.10"], "e": "text\nmore\n",
            ])
    }

    @Test func everyValueKnowsItsPosition() throws {
        let document = try #require(YAMLReader(file: "a.yml").document(in: "# ä\nä: { b: [1,\n  c] }\n").document)
        let member = try #require(document.members.first)
        #expect(member.keyLocation.description == "a.yml:2:1")
        let list = try #require(member.value["b"])
        #expect(list.elements.map(\.location.description) == ["a.yml:2:10", "a.yml:3:3"])
    }

    @Test func keysThatMeanNullKeepTheirText() throws {
        #expect(try value("null: 1\n~: 2\n'': 3\n") == ["null": 1, "~": 2, "": 3])
    }

    @Test func aliasesAndMergeKeysAreResolved() throws {
        #expect(
            try value("base: &b { x: 1, y: [2] }\ncopy: *b\nmore: { <<: *b, x: 3 }\nmost: { <<: [*b, { z: 4 }] }\nplain: { '<<': 5 }")
                == [
                    "base": ["x": 1, "y": [2]], "copy": ["x": 1, "y": [2]], "more": ["x": 3, "y": [2]],
                    "most": ["x": 1, "y": [2], "z": 4], "plain": ["<<": 5],
                ])
    }

    @Test func anAliasMeansTheLatestAnchor() throws {
        #expect(try value("[&a 1, *a, &a 2, *a]") == [1, 1, 2, 2])
        #expect(problems("a: &a [*a]").first?.contains("found undefined alias") == true)
    }

    @Test func aByteOrderMarkIsNotPartOfTheText() throws {
        #expect(try value("\u{feff}a: 1\n") == ["a": 1])
    }

    @Test func anEmptyTextHasNoDocument() {
        for text in ["", "\u{feff}", "# comment\n", "\n \n"] {
            let (document, problems) = YAMLReader().document(in: text)
            #expect(document == nil && problems == [])
        }
    }

    @Test func severalDocumentsAreAListOrAnError() {
        #expect(YAMLReader().documents(in: "a: 1\n---\nb\n").documents.map(\.value) == [["a": 1], "b"])
        #expect(problems("a: 1\n---\nb\n").first?.hasPrefix("a.yml:2:1: error: this is not YAML: expected a single document") == true)
    }

    @Test func allRepeatedKeysAreReported() {
        let found = problems("a: 1\nb: { c: 1, c: 2 }\na: 2\n\"a\": 3\n")
        #expect(
            found == [
                "a.yml:2:12: error: `c` is written twice; the first is on line 2; keep one of them",
                "a.yml:3:1: error: `a` is written twice; the first is on line 1; keep one of them",
                "a.yml:4:1: error: `a` is written twice; the first is on line 1; keep one of them",
            ])
    }

    @Test func manyRepeatedKeysAreReportedInOnePass() {
        let text = (0..<50_000).map { _ in "a: 1\n" }.joined()
        #expect((100...1000).contains(problems(text).count))
    }

    @Test func tagsAreProblemsUnlessTheyAreAccepted() throws {
        #expect(problems("a: !vault x").first?.contains("`!vault`") == true)
        #expect(YAMLReader(acceptsTags: true).document(in: "a: !reference [x]").document?.value == ["a": ["x"]])
        #expect(try value("a: !!str 1") == ["a": 1])
    }

    @Test func aControlCharacterHasItsPosition() {
        #expect(problems("a: 1\nb: \u{7}\n").first?.hasPrefix("a.yml:2:4: error: this is not YAML: control characters") == true)
    }

    // MARK: Limits

    /// Nine lines, 10^9 values.
    private static let aliases =
        "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n"
        + (1...9).map { "a\($0): &a\($0) [\(Array(repeating: "*a\($0 - 1)", count: 10).joined(separator: ","))]\n" }.joined()

    private static let merges =
        "a0: &a0 { x: [1] }\n"
        + (1...40).map { "a\($0): &a\($0) { <<: [*a\($0 - 1), *a\($0 - 1)], k\($0): [*a\($0 - 1)] }\n" }.joined()

    /// An alias as a key would be compared with the other keys, value by value.
    private static let keys = aliases + "? *a9\n: 1\n? *a9\n: 2\n"

    @Test(.timeLimit(.minutes(10)), arguments: [aliases, merges, keys]) func aliasesOfAliasesEndAtTheLimit(_ text: String) {
        let found = problems(text)
        #expect(found.count == 1)
        #expect(found.first?.contains("more than 200000 values, with its aliases expanded; use fewer aliases") == true)
    }

    @Test func nestingEndsAtTheLimit() throws {
        let deep = { String(repeating: "[", count: $0) + String(repeating: "]", count: $0) }
        #expect(problems(deep(101)).first?.contains("more than 100 lists") == true)
        #expect(problems(deep(100)).isEmpty)
        #expect(problems(String(repeating: "[", count: 100_000)).count == 1)
        #expect(problems(String(repeating: "- ", count: 100_000)).count == 1)
        #expect(problems(String(repeating: "{a: ", count: 100_000)).count == 1)
    }

    @Test func aliasesCannotNestBeyondTheLimit() {
        let text = "a0: &a0 [x]\n" + (1...20_000).map { "a\($0): &a\($0) [*a\($0 - 1)]\n" }.joined()
        #expect(problems(text).first?.contains("more than 100 lists and maps are inside each other") == true)
    }

    @Test func aLimitOfItsOwnIsKept() {
        #expect(problems("[1, 2, 3]", limits: YAMLLimits(values: 4)).isEmpty)
        #expect(problems("[1, 2, 3, 4]", limits: YAMLLimits(values: 4)).count == 1)
    }
}
