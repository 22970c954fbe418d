import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixChecks

/// What the runner does without asking a host.
@Suite struct RunnerTests {
    private let twoHosts = [HostPlan(name: "c-server-1", role: "server"), HostPlan(name: "c-client-1", role: "client", groups: ["agents"])]

    @Test func aCheckThatNearlyHeldIsNotSaidToHaveHeldForLessThanTheSame() {
        #expect(CheckTask.held(.milliseconds(29_700), of: .seconds(30)) == "it held for almost 30s; then ")
        #expect(CheckTask.held(.seconds(12), of: .seconds(30)) == "it held for 12s only, not for 30s; then ")
    }

    @Test func namesHoldTheHostIfThereAreSeveral() throws {
        let cell = Samples.cell(hosts: twoHosts)
        let step = try Samples.step("node exporter", "service: node-exporter")
        let runner = CheckRunner()
        #expect(runner.plannedCases(of: step, in: cell).map(\.name) == ["node exporter (server)", "node exporter (client)"])
        #expect(runner.plannedCases(of: step, in: Samples.cell()).map(\.name) == ["node exporter"])
        let some = try Samples.step("node exporter", "service: node-exporter", hosts: "agents")
        #expect(runner.plannedCases(of: some, in: cell).map(\.host) == ["c-client-1"])
        #expect(runner.plannedCases(of: some, in: cell).map(\.step) == ["verify"])
    }

    @Test(
        "A secret that straddles the place of a cut leaves no half of it",
        arguments: [(150, 4000), (193, 4000), (1993, 4000), (4000, 1993)])
    func secretsAreHiddenBeforeTextsAreCut(before: Int, after: Int) throws {
        let secret = "correct-horse-battery"
        let redactor = Redactor()
        redactor.hide(secret)
        let text = String(repeating: "x", count: before) + secret + String(repeating: "y", count: after)
        let judgement = try Redactor.$current.withValue(redactor) {
            try Samples.judge("command: cat log\nstdout: fine", output: text, error: text)
        }
        let part = ReportedCase(text, .failed)
        let name = try #require(Redactor.$current.withValue(redactor) { ReportedNames.unique([part], label: nil, except: "").first?.name })
        for shown in [judgement.message ?? "", judgement.explanation, judgement.observation, name] {
            // What the report's encoder would leave.
            #expect(!redactor.redact(shown).contains("corr") && !redactor.redact(shown).contains("ttery"), "\(shown)")
        }
    }

    @Test("the guard is answered by what a host said when its connection was opened, if that is the cell's system on every host")
    func guards() throws {
        let transport = ScriptedTransport()
        let context = Samples.context(Samples.cell(), transports: [transport])
        let runner = CheckRunner()
        let guards = runner.guards(for: context.cell)
        #expect(runner.verdicts(on: guards, in: context) == nil)
        transport.introduce(HostFacts("id debian\nversion 12\n"))
        let verdicts = try #require(runner.verdicts(on: guards, in: context))
        #expect(verdicts.map(\.name) == ["operating system is debian 12"] && verdicts.allSatisfy { $0.outcome == .passed })
        #expect(verdicts.map(\.host) == ["debian12-podman"])
        // What differs is asked: its answer is the explanation.
        transport.introduce(HostFacts("id debian\nversion 13\n"))
        #expect(runner.verdicts(on: guards, in: context) == nil)
        #expect(transport.commands.isEmpty)
    }

    @Test func whatCannotBeReadIsNoVerdict() async throws {
        let results = try await Samples.verify(
            [try Samples.step("unset", "command: echo ${vars.nothing}"), try Samples.step("port", "port: ${host.name}")],
            over: ScriptedTransport())
        #expect(results.map(\.outcome) == [.error, .error])
        #expect(
            results[0].message
                == "could not be asked: checks.yml:1:10: error: ${vars.nothing} has no value here; give it a default: ${vars.nothing:-…}")
        #expect(results[1].type == "matrix.check.port.unanswered")
    }
}
