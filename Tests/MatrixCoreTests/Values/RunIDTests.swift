import Testing

@testable import MatrixCore

@Suite struct RunIDTests {
    @Test func isShortSortableAndALabel() {
        var generator = SystemRandomNumberGenerator()
        let first = RunID.make(at: Timestamp(seconds: 1_795_410_082), using: &generator)
        let second = RunID.make(at: Timestamp(seconds: 1_795_410_083), using: &generator)
        #expect(first.value.hasPrefix("261123-050122-"))
        #expect(first.value.wholeMatch(of: /[0-9]{6}-[0-9]{6}-[0-9a-z]{4}/) != nil)
        #expect(first.value.count == 18)
        #expect(first.value < second.value)
        #expect(Resource.Tag.run(RunID("r")) == "solti-matrix-run-r")
    }

    @Test func twoOfOneSecondDiffer() {
        var generator = SystemRandomNumberGenerator()
        let ids = Set((0..<50).map { _ in RunID.make(at: Timestamp(seconds: 0), using: &generator) })
        #expect(ids.count > 45)
    }

    @Test func isATextInJSON() throws {
        #expect(JSON.text([RunID("a")]) == #"["a"]"#)
        #expect(try JSON.decode([RunID].self, from: Array(#"["a"]"#.utf8)) == [RunID("a")])
    }
}
