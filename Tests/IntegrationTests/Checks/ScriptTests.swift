import Foundation
import IntegrationSupport
import MatrixCore
import MatrixTesting
import Synchronization
import Testing

@testable import MatrixChecks
@testable import MatrixChecksTests

/// Programs that print TAP and JUnit XML.
@Suite(.requires(.helperPrograms, .python)) struct ScriptTests {
    private func verify(
        _ script: String, _ keys: String = "", origin: CheckModifiers.Origin = .host, modifiers: CheckModifiers = CheckModifiers(),
        hosts: Int = 1
    ) async throws -> [CaseResult] {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("script-\(UInt32.random(in: 0...UInt32.max)).sh")
        try script.write(to: file, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
        defer { try? FileManager.default.removeItem(at: file) }
        var modifiers = modifiers
        modifiers.from = origin
        // Named relative to the matrix file, as files of the project are.
        let options = try YAMLDocument.read(
            "script: ./\(file.lastPathComponent)\n\(keys)", file: file.deletingLastPathComponent().path + "/checks.yml")
        var step = StepPlan(name: "smoke", kind: "script", options: options, timeout: options["timeout"]?.duration, modifiers: modifiers)
        step.environment = Dictionary(uniqueKeysWithValues: (options["env"]?.members ?? []).map { ($0.key, $0.value.text ?? "") })
        let plans =
            hosts == 1 ? [HostPlan(name: "debian12-podman")] : (1...hosts).map { HostPlan(name: "c-web-\($0)", role: "web", index: $0) }
        let cell = Samples.cell(hosts: plans, verify: [step])
        return try await CheckRunner(runner: ShellTransport()).verify(
            [step], in: Samples.context(cell, transports: plans.map { _ in ShellTransport() })
        ) { _ in }
    }

    @Test func testsBecomeCases() async throws {
        let script = """
            #!/bin/sh
            echo "TAP version 14"; echo "1..5"; echo "ok 1 - disk is there"; echo "not ok 2 - network works"
            echo "  ---"; echo "  message: 'no route'"; echo "  ..."; echo "ok 3 - database # SKIP none here"; \
            echo "not ok 4 - later # TODO soon"; echo "ok 5 - disk is there"
            """
        let results = try await verify(script)
        #expect(results.map(\.name) == ["smoke", "disk is there", "network works", "database", "later", "disk is there (2)"])
        #expect(results.map(\.outcome) == [.skipped, .passed, .failed, .skipped, .skipped, .passed])
        #expect(results[0].message == "no verdict beside that of network works")
        #expect(results[0].properties["observed"] == "exit: 0; tests: 1 of 5 failed: network works")
        #expect(results[2].message == "no route")
        #expect(results[2].type == "matrix.check.script.test")
        #expect(results[3].message == "none here")
        #expect(results.allSatisfy { $0.step == "smoke" && $0.location != nil })
        #expect(
            results[2].detail?.contains("ssh host 'sh -s --'") == true || results[2].detail?.contains("ssh host '/bin/sh -s --'") == true,
            "\(results[2].detail ?? "")")
        let many = try await verify(script, hosts: 2)
        #expect(Set(many.map(\.name)).count == 12 && many.contains { $0.name == "network works (web-2)" }, "\(many.map(\.name))")
    }

    @Test func junitBecomesCases() async throws {
        let xml = """
            <?xml version="1.0"?><testsuites><testsuite name="s"><testcase classname="db" name="connects" time="0.5"/>
            <testcase name="is &lt;empty&gt;"><failure message="3 rows">row 1
            row 2</failure></testcase><testcase name="later"><skipped/></testcase><testcase \
            name="broken"><error>boom</error></testcase></testsuite></testsuites>
            """
        let results = try await verify("cat <<'EOF'\n\(xml)\nEOF\n")
        #expect(results.map(\.name) == ["smoke", "db › connects", "is <empty>", "later", "broken"])
        #expect(results.map(\.outcome) == [.skipped, .passed, .failed, .skipped, .error])
        #expect(results[0].message == "no verdict beside that of is <empty> and 1 more")
        #expect(results[1].seconds == 0.5)
        #expect(results[2].message == "3 rows" && results[2].detail?.hasPrefix("row 1\nrow 2\n") == true)
        let folder = try TemporaryFolder.make()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let report = "\(folder)/report.xml"
        let file = try await verify("cat >\(report) <<'EOF'\n\(xml)\nEOF\necho chatter", "report: \(report)\nstdout: chatter")
        #expect(file.map(\.outcome) == [.skipped, .passed, .failed, .skipped, .error])
        let absent = try await verify("true", "report: \(report).none")
        #expect(absent.map(\.message) == ["report: expected a complete report, observed there is no TAP and no JUnit XML in its report"])
    }

    /// What looks green and is not.
    @Test(arguments: [
        ("echo 1..3; echo ok 1; echo ok 2", "", "report: expected a complete report, observed 3 tests were planned, 2 ran"),
        ("echo ok 1; echo ok 2", "", "report: expected a complete report, observed there is no plan: it may have ended early"),
        ("echo 1..0", "", "tests: expected at least one test, observed none"),
        ("echo 1..1; echo ok 1; exit 1", "", "exit: expected 0, observed 1"),
        ("echo 1..2; echo ok 1; echo 'Bail out! no disk'", "", "report: expected a complete report, observed bailed out: no disk"),
        ("echo fine", "format: tap", "report: expected a complete report, observed there is no TAP in its output"),
        ("echo fine", "format: junit", "report: expected a complete report, observed its JUnit XML is broken in line 1"),
        ("echo '<testsuite><testcase name=\"a\"/>'", "", "report: expected a complete report, observed its JUnit XML is broken in line 1"),
        ("echo '<testsuite/>'", "", "tests: expected at least one test, observed none"),
        (
            "echo 1..3; echo ok 1; echo not ok 2 - broken", "",
            "report: expected a complete report, observed 3 tests were planned, 2 ran (and 1 more)"
        ),
        (
            "echo '<testsuite tests=\"2\" failures=\"1\"><testcase name=\"only one\"/></testsuite>'", "format: junit",
            "report: expected a complete report, observed a suite counts 2 tests, and lists 1"
        ),
    ])
    func isNoPass(_ script: String, _ keys: String, _ message: String) async throws {
        let first = try #require(try await verify(script, keys).first)
        #expect(first.outcome == .failed)
        #expect(first.message?.hasPrefix(message) == true, "\(first.message ?? "")")
    }

    @Test func whatIsNotUnderstoodIsNoPass() async throws {
        let first = try #require(try await verify("echo '=== 1 failed, 3 passed in 0.1s ==='").first)
        #expect(first.outcome == .error && first.type == "matrix.check.script.unanswered")
        #expect(first.message?.contains("line 1 of its standard output says that something failed: === 1 failed") == true)
        #expect(try await verify("echo ok").map(\.outcome) == [.passed], "a single ok is no TAP")
        #expect(try await verify("echo 'not ok 1 - x' >&2").map(\.outcome) == [.error])
    }

    @Test func allSkippedIsSkipped() async throws {
        #expect(try await verify("echo '1..0 # SKIP no database'").map(\.message) == ["nothing was tested: no database"])
        let results = try await verify("echo 1..1; echo 'ok 1 # SKIP x'")
        #expect(results.map(\.outcome) == [.skipped, .skipped])
    }

    @Test func plainProgramsCountByTheirExit() async throws {
        #expect(try await verify("exit 3", "exit: 3").map(\.outcome) == [.passed])
        #expect(try await verify("exit 69").map(\.message) == ["exit: expected 0, observed 69"])
        #expect(
            try await verify("#!/usr/bin/env python3\nimport sys; print(sys.argv[1:])", "args: [a b, c]\nstdout: \"['a b', 'c']\"").map(
                \.outcome) == [.passed])
        #expect(try await verify("echo $WORD; cat", "env: { WORD: it's }\nstdout: it's").map(\.outcome) == [.passed])
        #expect(
            try await verify("sleep 60", "timeout: 1s").map(\.message) == [
                "end: expected an end within 1s, observed still running after 1s"
            ])
    }

    @Test func runsHereInItsOwnFolder() async throws {
        let results = try await verify(
            "#!/bin/sh\n[ -e \"./$(basename \"$0\")\" ] && echo \"here $SOLTI_WORD\"", "env: { SOLTI_WORD: x }\nstdout: here x",
            origin: .runner)
        #expect(results.map(\.outcome) == [.passed], "\(results[0].detail ?? "")")
    }

    @Test func waiversCoverTheTestsToo() async throws {
        let waiver = CheckModifiers(waiver: Waiver(until: "2999-12-31", because: "known"))
        let results = try await verify("echo 1..2; echo ok 1 - a; echo not ok 2 - b", modifiers: waiver)
        #expect(results.map(\.outcome) == [.skipped, .passed, .skipped])
    }
}
