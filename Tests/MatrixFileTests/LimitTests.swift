import Foundation
import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixFile

/// Small files that multiply: each is refused soon, with the name of the limit.
@Suite(.timeLimit(.minutes(10))) struct LimitTests {
    private static func lines(_ range: ClosedRange<Int>, _ line: (Int) -> String) -> String { range.map { line($0) + "\n" }.joined() }

    /// Each variable holds the one before ten times.
    private static let interpolated =
        Fixtures.matrix(
            "vars:\n  v0: lollollollollollol\n"
                + lines(1...30) { "  v\($0): \"\(String(repeating: "${vars.v\($0 - 1)}", count: 10))\"" }
                + "deploy: [{ shell: \"echo ${vars.v30}\" }]")

    @Test func variablesOfVariablesEndAtTheSizeOfAText() {
        #expect(Fixtures.problems(of: Self.interpolated).contains("this text has more than 256.0 KiB"))
    }

    @Test func aliasesOfAliasesEndAtTheNumberOfValues() {
        let text =
            "vars:\n  a0: &a0 [x,x,x,x,x,x,x,x,x]\n"
            + Self.lines(1...9) { "  a\($0): &a\($0) [\(Array(repeating: "*a\($0 - 1)", count: 9).joined(separator: ","))]" }
        #expect(Fixtures.problems(of: Fixtures.matrix(text)).contains("more than 200000 values"))
    }

    /// The chain begins at its end, so that no value is known when it is needed.
    @Test func aLongChainOfVariablesIsRefused() {
        let chain = "vars:\n" + Self.lines(1...20_000) { "  v\($0): \"${vars.v\($0 + 1)}x\"" } + "  v20001: x\n"
        #expect(Fixtures.problems(of: Fixtures.matrix(chain)).contains("is set through more than 30 other variables"))
    }

    @Test func aLongChainThatGrowsIsRefused() {
        let chain = "vars:\n  v0: x\n" + Self.lines(1...2000) { "  v\($0): \"${vars.v\($0 - 1)}xxxxxxxxxx\"" }
        let problems = LoadLimits.$work.withValue(100_000) { Fixtures.problems(of: Fixtures.matrix(chain)) }
        #expect(problems.contains("the cells hold too much together"))
    }

    @Test func aLargeFileIsRefusedByItsSize() {
        let text = Fixtures.matrix("vars: { x: \"\(String(repeating: "a", count: 2 << 20))\" }")
        #expect(Fixtures.problems(of: text).contains("at most 1.0 MiB together; move scripts and data into files"))
    }

    @Test func usedFilesCountTogether() {
        let half = "vars: { x: \"\(String(repeating: "a", count: 600 << 10))\" }\n"
        let problems = Fixtures.problems(
            of: Fixtures.matrix("use: [a.yml, b.yml]"), files: ["a.yml": half, "b.yml": half])
        #expect(problems.contains("cannot read `b.yml`"))
        #expect(problems.contains("at most 1.0 MiB together"))
    }

    @Test func aFileWithoutEndIsRefused() {
        let loader = Fixtures.loader()
        #expect(throws: UsageError.self) { try loader.load("/dev/zero") }
        #expect(Fixtures.problems(of: Fixtures.matrix("use: /dev/zero")).contains("it cannot be read as a file"))
    }

    @Test func manyErrorsAreCut() throws {
        let text = Fixtures.matrix(Self.lines(1...50_000) { "unknown\($0): 1" })
        let lines = Fixtures.problems(of: text).split(separator: "\n")
        #expect(lines.count == 101)
        #expect(lines.last?.contains("there are more problems than these 100") == true)
    }

    @Test func manyUnknownReferencesAreCut() {
        let text = Fixtures.matrix("deploy: [{ shell: \"\(String(repeating: "${vars.x} ", count: 50_000))\" }]")
        #expect(Fixtures.problems(of: text).split(separator: "\n").count <= 101)
    }

    @Test func aLongValueIsNotRepeatedWhole() {
        let text = Fixtures.matrix("limits: { parallel: \(String(repeating: "x", count: 100_000)) }")
        let problems = Fixtures.problems(of: text)
        #expect(problems.contains("a whole number"))
        #expect(problems.utf8.count < 2000)
    }

    @Test func moreCellsThanTheLimitAreRefused() {
        let values = (0..<150).map { "v\($0)" }.joined(separator: ", ")
        let text = Fixtures.matrix(axes: "{ os: [debian12], platform: [podman], a: [\(values)], b: [\(values)] }")
        #expect(Fixtures.problems(of: text).contains("the axes make 22500 cells; at most 20000 are allowed"))
    }

    @Test func moreIncludedCellsThanTheLimitAreRefused() {
        let items = Self.lines(1...20_001) { "  - { os: debian12, platform: p\($0) }" }
        let text = Fixtures.matrix("include:\n" + items)
        #expect(Fixtures.problems(of: text).contains("at most 20000 are allowed"))
    }

    @Test func manyAxesAreRefused() {
        let more = (1...40).map { "a\($0): [x]" }.joined(separator: ", ")
        #expect(Fixtures.problems(of: Fixtures.matrix(axes: "{ os: [debian12], platform: [podman], \(more) }")).contains("at most 30"))
    }

    @Test func manyStepsInManyCellsAreRefused() {
        let values = (0..<50).map { "v\($0)" }.joined(separator: ", ")
        let steps = Self.lines(1...1000) { "  - { shell: \"echo \($0) ${cell}\" }" }
        let text = Fixtures.matrix(
            "deploy:\n" + steps, axes: "{ os: [debian12], platform: [podman], a: [\(values)], b: [\(values)] }")
        let problems = LoadLimits.$work.withValue(100_000) { Fixtures.problems(of: text) }
        #expect(problems.contains("the cells hold too much together"))
    }

    @Test func manyOverridesOfManyCellsAreRefused() {
        let values = (0..<50).map { "v\($0)" }.joined(separator: ", ")
        let overrides = Self.lines(1...1500) { "  - { where: { a: v\($0 % 50) }, vars: { x: \($0) } }" }
        let text = Fixtures.matrix(
            "cells:\n" + overrides, axes: "{ os: [debian12], platform: [podman], a: [\(values)], b: [\(values)] }")
        let problems = LoadLimits.$work.withValue(100_000) { Fixtures.problems(of: text) }
        #expect(problems.contains("the cells hold too much together"))
    }

    @Test func manyHostsOfACellAreRefused() {
        let roles = (1...3).map { "r\($0): { count: 900 }" }.joined(separator: ", ")
        #expect(Fixtures.problems(of: Fixtures.matrix("hosts: { \(roles) }")).contains("has 2700 hosts; at most 1000 are allowed"))
    }

    @Test func aSampleOfManyValuesIsRefused() {
        let values = (0..<60).map { "v\($0)" }.joined(separator: ", ")
        let axes = (1...6).map { "a\($0): [\(values)]" }.joined(separator: ", ")
        let text = Fixtures.matrix("sample: pairwise", axes: "{ os: [debian12], platform: [podman], \(axes) }")
        let problems = LoadLimits.$sampling.withValue(1_000_000) { Fixtures.problems(of: text) }
        #expect(problems.contains("takes more than 1000000 steps; remove axis values"))
    }

    @Test func aSampleOfMoreCellsThanTheLimitIsRefusedAtOnce() {
        let values = (0..<150).map { "v\($0)" }.joined(separator: ", ")
        let text = Fixtures.matrix("sample: pairwise", axes: "{ os: [debian12], platform: [podman], a: [\(values)], b: [\(values)] }")
        #expect(Fixtures.problems(of: text).contains("a pairwise sample of these axes has at least 22500 cells; at most 20000 are allowed"))
    }

    /// A valid sample: a point that avoids all items is hard to find.
    @Test func exclusionsThatAreHardToAvoidAreRefused() {
        var generator = SeededGenerator(seed: 7)
        let axes = (0..<28).map { "a\($0): [x, y]" }.joined(separator: ", ")
        let items = (0..<120).map { _ in
            let chosen = (0..<28).shuffled(using: &generator).prefix(3)
            return "  - { " + chosen.map { "a\($0): \(Bool.random(using: &generator) ? "x" : "y")" }.joined(separator: ", ") + " }\n"
        }
        let text = Fixtures.matrix("sample: pairwise\nexclude:\n" + items.joined(), axes: "{ os: [debian12], platform: [podman], \(axes) }")
        // Whether it is refused or solved: it ends.
        LoadLimits.$sampling.withValue(1_000_000) { _ = Fixtures.problems(of: text) }
    }

    @Test func anotherKindOfFileIsNotQuoted() {
        let shadow = "root:*:20228:0:99999:7::\ndaemon:$y$j9T$abcdef:20228:0:99999:7::\n"
        let problems = Fixtures.problems(of: Fixtures.matrix("use: shadow"), files: ["shadow": shadow])
        #expect(problems.contains("`shadow` has none of the keys of a file of platforms; its keys are limits,"))
        #expect(!problems.contains("root") && !problems.contains("daemon") && !problems.contains("y$j9T"))
        // A repository can hold links.
        for text in [shadow, "a!: !secret x\na!: y\n"] {
            let itself = Fixtures.problems(of: text)
            #expect(itself.contains("`matrix.yml` has none of the keys of the matrix file; its keys are version,"))
            #expect(!itself.contains("root") && !itself.contains("secret x"))
        }
    }

    @Test func controlCharactersOfAKeyAreWrittenOut() {
        let problems = Fixtures.problems(of: Fixtures.matrix("\"\\e[2Jbad\": 1\n\"\\e]0;title\\a\": 1"))
        #expect(problems.contains("`\\x1b[2Jbad` is not a key"))
        #expect(problems.contains("`\\x1b]0;title\\x07` is not a key"))
        #expect(!problems.unicodeScalars.contains("\u{1b}"))
        #expect(!problems.unicodeScalars.contains("\u{7}"))
    }

    /// An engine that goes back needs longer than the universe for this one, which a recipe could have.
    @Test func aPatternCannotRunAway() {
        let driver = Declaration(
            kind: "runaway", subject: .any, keys: [KeyShape("option", .pattern("(a+)+b", meaning: "an a and a b"), "An option")],
            summary: "x", example: "x")
        let text = Fixtures.matrix(
            "platforms: { p: { driver: runaway, option: \(String(repeating: "a", count: 900)) } }",
            axes: "{ os: [debian12], platform: [p] }")
        #expect(Fixtures.problems(of: text, drivers: [driver]).contains("`option` must be an a and a b"))
    }

    /// Dropped from the matrix's name, shown in those of steps.
    @Test func namesHaveNoControlCharacters() throws {
        let plan = try Fixtures.load(
            Fixtures.matrix("name: \"\\e]0;x\\ashow\\e[2J\"\nverify: [{ service: ssh, name: \"\\e[31mred\\u202e\" }]"))
        #expect(plan.name == "show")
        #expect(plan.cells.first?.verify.first?.name == "\\x1b[31mred\\u{202e}")
    }

    @Test func manyStepsOfOneNameAreNamedInTime() throws {
        let plan = try Fixtures.load(
            "version: 1\naxes: { os: [debian12], platform: [podman] }\nverify:\n" + Self.lines(1...20_000) { _ in "  - service: ssh" })
        #expect(plan.cells.first?.verify.last?.name == "service ssh (20000)")
    }

    /// A name with dots without end: one regular expression took a square of its length.
    @Test func aLongNameIsMadeInTime() throws {
        let dots = String(repeating: "1.", count: 100_000)
        let plan = try Fixtures.load(Fixtures.matrix("deploy: [{ shell: \"echo \(dots)\" }]"))
        #expect(plan.cells.first?.deploy.first?.name.count == 100)
    }
}
