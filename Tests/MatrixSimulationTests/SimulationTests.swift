import Foundation
import MatrixCore
import MatrixEngine
import MatrixTesting
import Testing

@testable import MatrixSimulation

/// Rehearsals: the real engine over parts that only let time pass.
@Suite struct SimulationTests {
    private static let place = SourceLocation(file: "m.yml", line: 1, column: 1)

    private static func step(_ name: String, _ kind: String) -> StepPlan {
        StepPlan(name: name, kind: kind, options: Document(.null, at: place))
    }

    /// With limits that are far, even when they are sped up.
    private static func plan(_ cells: Int = 2) -> Plan {
        let far = Duration.seconds(3_600_000)
        let timeouts = Timeouts(Dictionary(Phase.allCases.map { ($0, far) }) { $1 })
        let os = OperatingSystem(name: "debian12", family: "debian", packageManager: .apt, release: .init(id: "debian", version: "12"))
        let list = (1...cells).map { number in
            CellPlan(
                name: "debian12-p\(number)", point: [AxisValue(axis: "os", value: "debian12")], os: os, platform: "p\(number)",
                hosts: [HostPlan(name: "debian12-p\(number)")], timeouts: timeouts, retries: [.create: 1, .provision: 1],
                deploy: [step("site", "shell"), step("seed", "shell")], verify: [step("service x", "service")])
        }
        return Plan(name: "m", file: "m.yml", project: "/", axes: [Axis(name: "os", values: ["debian12"])], cells: list)
    }

    private func rehearse(_ plan: Plan, _ simulation: Simulation) async throws -> RunResult {
        let folder = try TemporaryFolder()
        let parts = simulation.parts(
            of: plan, deployers: [ScriptedDeployer("shell") { _, _ in [] }.declaration], checker: ScriptedChecker { _, _ in .failed },
            inventory: ScriptedInventory(), events: EventRecorder(), redactor: Redactor())
        let options = RunOptions(run: RunID("261123-050122-test"), reports: "\(folder.path)/reports", directory: "\(folder.path)/run")
        return simulation.result(await Engine(parts).run(simulation.plan(plan), options: options))
    }

    @Test func saysOfItselfThatItIsSimulated() async throws {
        let result = try await rehearse(Self.plan(), Simulation(Scenario(speed: 10_000)))
        #expect(result.exitStatus == .passed)
        #expect(result.matrix == "m (simulated)")
        #expect(result.warnings.contains { $0.message.contains("simulated") })
        #expect(result.cells.allSatisfy { cell in cell.hosts.allSatisfy { $0.facts["simulated"] == "yes" } })
    }

    @Test func takesItsTimesFromRulesThenFromHistory() async throws {
        let scenario = Scenario(speed: 2000, rules: [.init(cell: "*-p1", durations: [.deploy: .seconds(600)])])
        let history = ["debian12-p1": [Phase.deploy: 1.0, .create: 200], "debian12-p2": [.deploy: 400]]
        let result = try await rehearse(Self.plan(), Simulation(scenario, history: history))
        func seconds(_ cell: Int, _ phase: Phase) -> Double {
            result.cells[cell].phases.filter { $0.phase == phase }.reduce(0) { $0 + $1.finished.seconds(since: $1.started) }
        }
        #expect(seconds(0, .deploy) >= 600)
        #expect(seconds(0, .create) >= 200)
        #expect(seconds(1, .deploy) >= 400)
        // What is stretched is what passed: never less than the scenario says, and the phases lie within the cell.
        let cell = try #require(result.cells.first)
        #expect(cell.finished.seconds(since: cell.started) >= 800)
        #expect(cell.phases.allSatisfy { $0.finished <= cell.finished && $0.started >= cell.started })
    }

    @Test func failsIfTheScenarioSaysSo() async throws {
        let faults: [Scenario.Fault] = [
            .init(phase: .verify, step: "service *", outcome: .failed, message: "expected running, observed failed"),
            .init(phase: .create, message: "no capacity", times: 1),
        ]
        let result = try await rehearse(Self.plan(), Simulation(Scenario(speed: 10_000, rules: [.init(cell: "*-p2", faults: faults)])))
        #expect(result.exitStatus == .failed)
        #expect(result.cells.map(\.outcome) == [.passed, .failed])
        let cases = result.cells[1].cases
        #expect(cases.first { $0.phase == .create }?.attempts.map(\.message).first?.contains("no capacity") == true)
        #expect(cases.first { $0.name == "service x" }?.message == "expected running, observed failed")
    }

    @Test func aDeployErrorEndsTheCellAndKeepsThePlannedSet() async throws {
        let fault = Scenario.Fault(phase: .deploy, step: "site", message: "connection lost")
        let result = try await rehearse(Self.plan(1), Simulation(Scenario(speed: 10_000, rules: [.init(cell: "*", faults: [fault])])))
        #expect(result.exitStatus == .infrastructure)
        let outcomes = Dictionary(uniqueKeysWithValues: result.cells[0].cases.map { ($0.name, $0.outcome) })
        #expect(outcomes["site"] == .error)
        #expect(outcomes["seed"] == .skipped)
        #expect(outcomes["destroy"] == .passed)
    }

    @Test func aDestroyThatNeverWorksIsALeak() async throws {
        let fault = Scenario.Fault(phase: .destroy, message: "locked")
        var plan = Self.plan(1)
        plan.cells[0].timeouts[.destroy] = .seconds(3600)
        let result = try await rehearse(plan, Simulation(Scenario(speed: 10_000, rules: [.init(cell: "*", faults: [fault])])))
        #expect(result.exitStatus == .leaked)
        #expect(result.leaks.map(\.resource.cell) == ["debian12-p1"])
    }

    @Test func aPhaseLongerThanItsTimeoutEndsInLifeTime() async throws {
        var plan = Self.plan(1)
        plan.cells[0].timeouts[.deploy] = .seconds(3000)
        let scenario = Scenario(speed: 1000, rules: [.init(cell: "*", durations: [.deploy: .seconds(9000)])])
        let result = try await rehearse(plan, Simulation(scenario))
        #expect(result.exitStatus == .infrastructure)
        #expect(result.cells[0].cases.contains { $0.type == "matrix.deploy.timeout" })
    }
}
