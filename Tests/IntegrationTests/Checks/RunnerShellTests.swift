import IntegrationSupport
import MatrixCore
import MatrixTesting
import Synchronization
import Testing

@testable import MatrixChecks
@testable import MatrixChecksTests
@testable import MatrixEngine

/// The runner over this machine's real shell.
@Suite(.requires(.helperPrograms, .root)) struct RunnerShellTests {
    private let twoHosts = [HostPlan(name: "c-server-1", role: "server"), HostPlan(name: "c-client-1", role: "client", groups: ["agents"])]

    @Test func twoHundredChecksAreOneRoundTrip() async throws {
        let transport = ShellTransport()
        let steps = try (0..<200).map {
            try Samples.step("check \($0)", "command: 'sleep 0.2; echo \($0)'\nstdout: \($0 == 77 ? "wrong" : "\($0)")")
        }
        let results = try await Samples.verify(steps, over: transport)
        #expect(transport.commandCount == 1)
        #expect(results.map(\.name) == steps.map(\.name))
        #expect(results.filter { $0.outcome == .passed }.count == 199)
        #expect(results[77].outcome == .failed)
        #expect(results[77].message == "stdout: expected \"wrong\", observed \"77\"")
        #expect(results[77].type == "matrix.check.command")
        #expect(
            results[77].detail
                == "stdout\n  expected: \"wrong\"\n  observed: \"77\"\nstdout:\n77\nsee it with:\n$ ssh host 'sh -c '\\''sleep 0.2; "
                + "echo 77'\\'''"
        )
        #expect(results[77].location == steps[77].location)
    }

    @Test func aCheckThatEndsTheAskingShellCostsTheOthersOneMoreTrip() async throws {
        let transport = ShellTransport()
        var steps = try (0..<30).map { try Samples.step("check \($0)", "command: echo \($0)\nstdout: \($0)") }
        steps.insert(
            try Samples.step("killer", "command: '[ -e \"$SOLTI_MARK\" ] || { : >\"$SOLTI_MARK\"; kill -9 $SOLTI_PROBE; sleep 1; }'"), at: 5
        )
        let mark = try await ShellTransport().require(Command(["mktemp", "-u"]), "a name").output
        steps[5].environment = ["SOLTI_MARK": mark]
        let results = try await Samples.verify(steps, over: transport)
        #expect(transport.commandCount == 2)
        #expect(results.allSatisfy { $0.outcome == .passed })
        try await ShellTransport().require(Command(["rm", mark]), "removal")
    }

    @Test func pollingAsksOnlyWhatHasNotPassed() async throws {
        let count = try await ShellTransport().require(Command(["mktemp"]), "a file").output
        let modifiers = CheckModifiers(within: .seconds(60), every: .milliseconds(20))
        let steps = [
            try Samples.step("at once", "command: echo a >>\(count)"),
            try Samples.step("in time", "command: 'echo b >>\(count); [ $(grep -c b \(count)) -ge 3 ]'", modifiers: modifiers),
            try Samples.step(
                "never", "command: cat /nonexistent", modifiers: CheckModifiers(within: .seconds(3), every: .milliseconds(50))),
        ]
        let results = try await Samples.verify(steps, over: ShellTransport())
        #expect(results.map(\.outcome) == [.passed, .passed, .failed])
        #expect(results[0].properties["attempts"] == "1")
        #expect(results[1].properties["attempts"] == "3")
        #expect(results[2].message == "exit: expected 0, observed 1")
        #expect(results[2].detail?.contains("asked \(results[2].properties["attempts"] ?? "") times") == true)
        #expect(
            try await ShellTransport().run(Command(["sh", "-c", "tr -d '\\n' <\(count); rm \(count)"])).output.filter { $0 == "a" } == "a")
    }

    @Test func stableMustKeepHolding() async throws {
        let count = try await ShellTransport().require(Command(["mktemp"]), "a file").output
        let steps = [
            try Samples.step(
                "holds", "command: 'true'", modifiers: CheckModifiers(every: .milliseconds(20), stable: .milliseconds(100))),
            try Samples.step(
                "breaks", "command: 'echo x >>\(count); [ $(wc -l <\(count)) -le 2 ]'",
                modifiers: CheckModifiers(every: .milliseconds(20), stable: .seconds(60))),
        ]
        let results = try await Samples.verify(steps, over: ShellTransport())
        #expect(results.map(\.outcome) == [.passed, .failed])
        #expect(results[1].message?.hasPrefix("it held for ") == true)
        #expect(
            results[1].message?.hasSuffix(" only, not for 1m00s; then exit: expected 0, observed 1") == true, "\(results[1].message ?? "")")
        try await ShellTransport().require(Command(["rm", count]), "removal")
    }

    @Test func casesComeAsPlanned() async throws {
        var skipped = try Samples.step("elsewhere", "service: x")
        skipped.skipped = "when: platform: k3s"
        let steps = [
            try Samples.step("a", "command: 'true'"), skipped, try Samples.step("b", "command: 'false'", hosts: "client"),
            try Samples.step("c", "command: 'true'", hosts: "nowhere"),
        ]
        let cell = Samples.cell(hosts: twoHosts, verify: steps)
        let told = Mutex<[String]>([])
        let transports = [ShellTransport(), ShellTransport()]
        let runner = CheckRunner()
        let results = try await runner.verify(steps, in: Samples.context(cell, transports: transports)) { result in
            told.withLock { $0.append(result.name) }
        }
        let planned = steps.flatMap { runner.plannedCases(of: $0, in: cell) }
        #expect(results.map(\.name) == planned.map(\.name))
        #expect(results.map(\.outcome) == [.passed, .passed, .skipped, .skipped, .failed, .skipped])
        #expect(results[2].message == "when: platform: k3s")
        #expect(results[5].message == "this cell has no host 'nowhere'")
        #expect(told.withLock { $0.sorted() } == planned.map(\.name).sorted())
        #expect(transports.map(\.commandCount) == [1, 1])
    }

    @Test func waiversHoldUntilTheirDay() async throws {
        let waiver = CheckModifiers(waiver: Waiver(until: "2027-01-31", because: "upstream bug 12"))
        let steps = [
            try Samples.step("bad", "command: 'false'", modifiers: waiver), try Samples.step("good", "command: 'true'", modifiers: waiver),
        ]
        let context = Samples.context(Samples.cell(), transports: [ShellTransport()])
        let last = try await CheckRunner { Timestamp("2027-01-31T23:59:59Z") ?? .now }.verify(steps, in: context) { _ in }
        #expect(last.map(\.outcome) == [.skipped, .passed])
        #expect(last[0].message == "waived until 2027-01-31: because: upstream bug 12")
        #expect(last[0].properties["waived"] == "exit: expected 0, observed 1")
        #expect(last[1].properties["waived"] == "passes, though waived until 2027-01-31: because: upstream bug 12")
        let after = try await CheckRunner { Timestamp("2027-02-01T00:00:00Z") ?? .now }.verify(steps, in: context) { _ in }
        #expect(after.map(\.outcome) == [.failed, .passed])
        #expect(after[0].message == "exit: expected 0, observed 1; the waiver ended with 2027-01-31 (upstream bug 12)")
    }

    @Test func secretsAndReferencesAreResolvedAndHidden() async throws {
        let redactor = Redactor()
        redactor.hide("hunt'er22")
        let step = try Samples.step("secret", "command: \"echo \\\"${secrets.key} ${host.name}\\\"\"\nstdout: \"x ${host.name}\"")
        let context = Samples.context(
            Samples.cell(), transports: [ShellTransport()], redactor: redactor, scope: Scope(["secrets.key": "hunt'er22"]))
        // As the cell's record has it: the runner itself knows no redactor.
        let result = redactor.redact(unplanned: try #require(try await CheckRunner().verify([step], in: context) { _ in }.first))
        #expect(result.message == "stdout: expected \"x debian12-podman\", observed \"[redacted] debian12-podman\"")
        #expect(!JSON.text(result).contains("er22"))
    }

    @Test func usersOfChecks() async throws {
        let results = try await Samples.verify(
            [
                try Samples.step("nobody", "command: id -un\nstdout: nobody", modifiers: CheckModifiers(user: "nobody")),
                try Samples.step("missing", "command: id -un", modifiers: CheckModifiers(user: "no-such-user")),
            ], over: ShellTransport())
        #expect(results.map(\.outcome) == [.passed, .error])
        #expect(results[1].message == "could not be asked: there is no user no-such-user on the host; correct as:, or create the account")
    }

    @Test func theSystemIsAskedWithoutBeingWritten() async throws {
        let machine = try await ShellTransport().run(Command(["sh", "-c", ". /etc/os-release; echo $ID; echo $VERSION_ID"])).output.split(
            separator: "\n"
        ).map(String.init)
        try #require(machine.count == 2)
        var os = Samples.debian
        os.release = .init(id: machine[0], version: String(machine[1].prefix { $0 != "." }))
        let implicit = CheckRunner().guards(for: Samples.cell(os: os))
        #expect(implicit.map(\.kind) == ["os"])
        let right = try #require(try await Samples.verify(implicit, over: ShellTransport(), os: os).first)
        #expect(right.outcome == .passed)
        #expect(right.location == nil)
        let wrong = try #require(
            try await Samples.verify(CheckRunner().guards(for: Samples.cell(os: Samples.rocky)), over: ShellTransport(), os: Samples.rocky)
                .first)
        #expect(wrong.outcome == .failed)
        #expect(wrong.name == "operating system is rocky 9")
        #expect(wrong.message == "ID: expected rocky, observed \(machine[0]) (and 1 more)")
    }

    @Test func cancellationEndsIt() async throws {
        let steps = [
            try Samples.step("never", "command: 'false'", modifiers: CheckModifiers(within: .seconds(3600), every: .milliseconds(10)))
        ]
        let task = Task { try await Samples.verify(steps, over: ShellTransport()) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}
