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
