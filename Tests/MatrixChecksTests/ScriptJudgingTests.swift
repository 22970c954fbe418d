import Testing

@testable import MatrixChecks

/// Verdicts on what scripts print: none passes because its report was not understood.
@Suite struct ScriptJudgingTests {
    private func judge(_ output: String, error: String = "", status: Int32 = 0, _ keys: String = "") throws -> Judgement {
        try Samples.judge("script: /bin/x\n\(keys)", output: output, error: error, status: status).settled()
    }

    /// Reports are read in spite of what stands around them.
    @Test(arguments: [
        "Starting tests\nTAP version 13\n1..2\nok 1\nnot ok 2 - broken\n", "Starting tests\n1..2\nok 1\nnot ok 2 - broken\n",
        "1..2\r\nok 1\r\nnot ok 2 - broken\r\n", "\n\n# comment\n1..2\nok 1\nnot ok 2 - broken\n", "  1..2\n  ok 1\n  not ok 2 - broken\n",
        "\u{feff}1..2\nok 1\nnot ok 2 - broken\n", "\u{1b}[32mok 1\u{1b}[0m\n\u{1b}[31mnot ok 2 - broken\u{1b}[0m\n1..2\n",
        "noise\n\t1..2\n\tok 1\n\tnot ok 2 - broken\nmore noise\n", "ok 1\nnot ok 2 - broken\n1..2\n",
    ])
    func aFailureInTAPIsFound(_ output: String) throws {
        let judgement = try judge(output)
        #expect(judgement.message == "tests: expected none that fails, observed 1 of 2 failed: broken")
        #expect(judgement.parts.map(\.verdict) == [.passed, .failed])
    }

    @Test(arguments: [
        "<testsuite><testcase name=\"x\"><failure>bad</failure></testcase></testsuite>",
        "<!DOCTYPE a []><testsuite><testcase name=\"x\"><failure>bad</failure></testcase></testsuite>",
        "<!-- made by x --><testsuite><testcase name=\"x\"><failure>bad</failure></testcase></testsuite>",
        "collecting...\n<?xml version=\"1.0\"?><testsuite><testcase name=\"x\"><failure>bad</failure></testcase></testsuite>",
        "\u{feff}<?xml version=\"1.0\"?><testsuite><testcase name=\"x\"><failure>bad</failure></testcase></testsuite>",
        "<j:testsuite xmlns:j=\"urn:x\"><j:testcase name=\"x\"><j:failure>bad</j:failure></j:testcase></j:testsuite>",
        "<j:testsuite><j:testcase name=\"x\"><j:failure>bad</j:failure></j:testcase></j:testsuite>",
        "<?xml version=\"1.0\"?>\n<!-- a -->\n<testsuites>\n<testsuite><testcase name=\"x\"><failure>bad</failure></testcase></testsuite>"
            + "</testsuites>\nreport written\n",
    ])
    func aFailureInJUnitIsFound(_ output: String) throws {
        let judgement = try judge(output)
        #expect(judgement.parts.map(\.verdict) == [.failed] && judgement.parts[0].message == "bad")
        #expect(judgement.message == "tests: expected none that fails, observed 1 of 1 failed: x")
        #expect(try judge(output, "format: junit").parts == judgement.parts)
    }

    /// Reports that contradict themselves.
    @Test(arguments: [
        ("1..99999999999999999999\nok 1\n", "its plan cannot be read: 1..99999999999999999999"),
        ("1..3\nok 1\nok 99999999999999999999999\nok 2\n", "a test's number cannot be read: ok 99999999999999999999999"),
        ("1..2\nok 1\nok 1\n", "test 1 is there twice: ok 1"), ("1..2\nok 1\nok 3\n", "its plan is 1..2, and there is a test 3"),
        ("1..1\nok 1\n1..1\n", "it has two plans: 1..1"), ("1..1\nok 1\nok 2\n", "1 tests were planned, 2 ran"),
        ("1..1\n# Subtest: a\n    1..1\n    not ok 1 - inner\nok 1 - a\n", "test 1 is ok, but its subtest is not: inner failed"),
        ("1..1\n    1..2\n    ok 1 - inner\nok 1 - a\n", "test 1 is ok, but its subtest is not: 2 tests were planned, 1 ran"),
        (
            "1..1\n    1..1\n        1..1\n        not ok 1 - deep\n    ok 1 - b\nok 1 - a\n",
            "test 1 is ok, but its subtest is not: test 1 is ok, but its subtest is not: deep failed"
        ),
        ("ok 1\nok 2\n", "there is no plan: it may have ended early"), ("1..2\nok 1\nBail out! no disk\n", "bailed out: no disk"),
        ("<testsuite name=\"s\" tests=\"5\" failures=\"3\"><testcase name=\"a\"/></testsuite>", "its suite s counts 5 tests, and lists 1"),
        (
            "<testsuite name=\"s\" tests=\"2\" failures=\"1\"><testcase name=\"only one\"/></testsuite>",
            "its suite s counts 2 tests, and lists 1"
        ),
        ("<testsuite failures=\"1\"><testcase name=\"a\"/></testsuite>", "a suite counts 1 failures and errors, and lists 0"),
        (
            "<testsuites errors=\"1\"><testsuite><testcase name=\"a\"/></testsuite></testsuites>",
            "a suite counts 1 failures and errors, and lists 0"
        ),
        (
            "<testsuites tests=\"3\"><testsuite tests=\"1\"><testcase name=\"a\"/></testsuite></testsuites>",
            "a suite counts 3 tests, and lists 1"
        ),
        ("<testsuite tests=\"many\"><testcase name=\"a\"/></testsuite>", "a suite has tests=\"many\""),
        (
            "<testsuite failures=\"9223372036854775807\" errors=\"1\"><testcase name=\"a\"/></testsuite>",
            "a suite counts too many failures and errors, and lists 0"
        ),
    ])
    func contradictionsFail(_ output: String, _ problem: String) throws {
        let judgement = try judge(output)
        #expect(
            judgement.message?.hasPrefix("report: expected a complete report, observed \(problem)") == true, "\(judgement.explanation)")
    }

    /// Programs count differently; these agree with themselves.
    @Test(arguments: [
        "<testsuite tests=\"2\" skipped=\"1\"><testcase name=\"a\"/><testcase name=\"b\"><skipped/></testcase></testsuite>",
        "<testsuite tests=\"1\"><testcase name=\"a\"/><testcase name=\"b\"><skipped/></testcase></testsuite>",
        "<testsuite tests=\"2\"><testcase name=\"a\"/><testsuite tests=\"1\"><testcase name=\"b\"/></testsuite></testsuite>",
        "<testsuite tests=\"1\"><testcase name=\"a\"/><testsuite tests=\"1\"><testcase name=\"b\"/></testsuite></testsuite>",
        "<testsuites tests=\"2\" failures=\"0\" errors=\"\"><testsuite tests=\" 2 \"><testcase name=\"a\"/><testcase name=\"b\"/>"
            + "</testsuite></testsuites>",
        "<testsuite><testcase name=\"a\" status=\"run\" result=\"completed\"/></testsuite>", "1..1\n    ok 1 - inner\nok 1 - a\n",
        "1..2\nok 2 - b\nok 1 - a\n", "1..1\nok 1 - a # TODO later\n    not ok 1 - inner\n", "ok - a\nok - b\n1..2\n",
    ])
    func consistentReportsPass(_ output: String) throws { #expect(try judge(output).message == nil) }

    @Test(
        "What a script's tests say is told by them alone; what else is wrong, by the script",
        arguments: [
            ("1..2\nok 1\nnot ok 2 - broken\n", 0, "", true), ("1..2\nok 1\nnot ok 2 - broken\n", 1, "", true),
            ("1..3\nok 1\nnot ok 2 - broken\n", 1, "", false), ("1..1\nnot ok 1 - broken\n", 1, "stdout: fine", false),
        ] as [(String, Int32, String, Bool)])
    func whoTells(_ output: String, _ status: Int32, _ keys: String, _ isToldByParts: Bool) throws {
        let judgement = try judge(output, status: status, keys)
        #expect(!judgement.holds && judgement.isToldByParts == isToldByParts)
    }

    @Test func anErrorOfASuiteIsACase() throws {
        let suite =
            "<testsuite name=\"s\" tests=\"1\" errors=\"1\"><testcase name=\"ok\"/><error message=\"collection failed\"/></testsuite>"
        let judgement = try judge(suite)
        #expect(judgement.parts.map(\.name) == ["ok", "s › error"] && judgement.parts.map(\.verdict) == [.passed, .error])
        #expect(judgement.parts[1].message == "collection failed")
        #expect(judgement.message == "tests: expected none that fails, observed 1 of 2 failed: s › error")
        let status = try judge("<testsuite failures=\"1\"><testcase name=\"a\" status=\"failed\"/></testsuite>")
        #expect(status.parts.map(\.verdict) == [.failed])
    }

    /// What is no report, and says that something failed, is no pass: the message names the line.
    @Test(arguments: [
        ("=== 1 failed, 3 passed in 0.1s ===\n", 1), (" ok one\n x two failed\n2 tests, 1 failure\n", 3),
        ("all\nFAILED tests/x.py::test\n", 2),
        ("FAILED (failures=1)\n", 1), ("--- FAIL: TestX (0.00s)\n", 1), ("Tests run: 5, Failures: 2, Errors: 0\n", 1), ("✗ disk\n", 1),
        ("a\n\n❌ network\n", 3), ("3 errors\n", 1), ("2 tests failed\n", 1), ("<failure>bad</failure>\n", 1), ("summary: errors = 4\n", 1),
        ("FAIL\tpkg/x\t0.1s\n", 1), ("{\"failed\": 2}\n", 1), ("[1 failing]\n", 1), ("2 of 5 tests failed\n", 1), ("1/5 failed\n", 1),
        ("failed tests: 2\n", 1),
        ("failed 2 of 5\n", 1), ("{\"status\": \"failed\"}\n", 1), ("<test-case result='Failed'/>\n", 1), ("{\"Action\":\"fail\"}\n", 1),
        ("NOT OK: disk\n", 1), ("× control\n", 1), ("<assembly failed=\"1\">\n", 1), ("Count: 5, Failed: 1, Skipped: 0\n", 1),
    ])
    func aVerdictThatIsNotUnderstoodIsAnError(_ output: String, _ line: Int) throws {
        let error = try #require(throws: Unanswered.self) { try judge(output) }
        #expect(
            error.why.hasPrefix("its exit status is 0, but line \(line) of its standard output says that something failed: "),
            "\(error.why)")
        #expect(error.next?.contains("format: plain") == true)
        #expect(try judge(output, "format: plain").holds)
        // A failed script is a verdict.
        #expect(try judge(output, status: 1).message == "exit: expected 0, observed 1")
        let other = try #require(throws: Unanswered.self) { try judge("fine\n", error: output) }
        #expect(other.why.contains("line \(line) of its standard error"), "\(other.why)")
    }

    @Test func tapOnStandardErrorIsAnError() throws {
        let error = try #require(throws: Unanswered.self) { try judge("", error: "1..2\nok 1\nnot ok 2 - broken\n") }
        #expect(error.why == "its exit status is 0, but line 3 of its standard error says that something failed: not ok 2 - broken")
    }

    @Test(arguments: [
        "ok\n", "ok everything is fine\n", "done\n", "0 failed, 3 passed\n", "Failures: 0, Errors: 0\n", "FAILED: 0\n", "no failures\n",
        "OK (skipped=1)\n", "failed=0 unreachable=0\n", "main.c:12: error handling is on\n", "nothing failed\n", "NOT FAILED\n", "",
        "2 tests, 0 failures\n", "the failover works\n", "0 of 5 tests failed\n", "0/5 failed\n", "error 404 is expected\n",
        "status: ok, failed: none\n",
        "1..3 is a range of numbers\n",
    ])
    func harmlessOutputPasses(_ output: String) throws {
        let judgement = try judge(output)
        #expect(judgement.holds && judgement.parts.isEmpty)
    }

    /// What stands beside tests that passed must not contradict them.
    @Test(arguments: [
        "web_1 | 1..2\nweb_1 | ok 1\nweb_1 | not ok 2 - broken\n", "[12:00] not ok 2 - disk\n", "1..1\nok 1\n[12:00] not ok 2 - disk\n",
        "1..1\nok 1\n# fail 2\n", "1..1\nok 1\n2 failed, 1 passed\n", "1..1\nok 1\nnot  ok 2\n",
        "1..1\nok 1\n# Looks like you failed 1 test of 2.\n",
    ])
    func aFailureBesideGoodTestsIsAnError(_ output: String) throws {
        let error = try #require(throws: Unanswered.self) { try judge(output) }
        #expect(error.why.contains("says that something failed"), "\(error.why)")
    }

    @Test(arguments: [
        "1..2\nok 1\nnot ok 2 - new # TODO later\n#   Failed (TODO) test 'new'\n", "1..1\nok 1\n# fail 0\n# pass 1\n",
        "1..1\n    not ok 1 - inner # TODO\n    1..1\nok 1\n  ---\n  errors: 2\n  ...\n", "starting\n1..1\nok 1 - failed logins are told\n",
        "it is not ok to run this twice\nfine\n",
    ])
    func whatBelongsToGoodTestsIsNoFailure(_ output: String) throws { #expect(try judge(output).holds) }

    @Test func outputThatWasCutOffDecidesNothing() throws {
        let check = try Samples.check("script: /bin/x")
        let plain = try Samples.check("script: /bin/x\nformat: plain")
        let answer = ProbeAnswer(output: Array("fine\n".utf8), outputIsCut: true)
        #expect(try #require(throws: Unanswered.self) { try (check as? any ProbedCheck)?.judge(answer) }.why.contains("printed more than"))
        #expect(try (plain as? any ProbedCheck)?.judge(answer).holds == true)
        let tap = ProbeAnswer(output: Array("1..1\nok 1\n".utf8), outputIsCut: true)
        #expect(try (check as? any ProbedCheck)?.judge(tap).holds == false)
    }
}
