import MatrixCore
import MatrixFile
import MatrixTesting
import Testing

@testable import MatrixSimulation

/// Scenario files: what they say, and what is wrong with them.
@Suite struct ScenarioTests {
    private func load(_ text: String) throws -> Scenario {
        let folder = try TemporaryFolder()
        return try Scenario(DocumentLoader().load(folder.put("scenario.yml", text), as: Scenario.shape))
    }

    @Test func readsDurationsAndFaults() throws {
        let scenario = try load(
            """
            speed: 600
            defaults: { create: 90s }
            cells:
              - cell: "rocky*"
                deploy: 12m
                faults:
                  - { phase: verify, step: "service *", outcome: failed, message: not running }
                  - { phase: create, message: no capacity, times: 2 }
            """)
        #expect(scenario.speed == 600)
        #expect(scenario.duration(of: .create, in: "debian12-podman", history: [:]) == .seconds(90))
        #expect(scenario.duration(of: .create, in: "debian12-podman", history: [.create: 7]) == .seconds(7))
        #expect(scenario.duration(of: .deploy, in: "rocky9-podman", history: [.deploy: 7]) == .seconds(720))
        #expect(
            scenario.faults(in: .verify, of: "rocky9-podman") == [
                .init(phase: .verify, step: "service *", outcome: .failed, message: "not running")
            ])
        #expect(scenario.faults(in: .create, of: "rocky9-podman").map(\.times) == [2])
        #expect(scenario.faults(in: .create, of: "debian12-podman").isEmpty)
    }

    @Test(arguments: [
        ("speed: 0", "`speed` must be above 0"),
        ("cells: [{ faults: [{ phase: create, outcome: failed }] }]", "the create phase gives no verdict"),
        ("cells: [{ faults: [{ phase: destroy, step: x }] }]", "the destroy phase has no steps"),
        ("cells: [{ faults: [{ step: x }] }]", "phase"), ("cells: [{ deplay: 3m }]", "did you mean `deploy`?"), ("", "the file is empty"),
    ])
    func saysWhatIsWrong(_ text: String, _ message: String) throws {
        let error = try #require(throws: UsageError.self) { try load(text) }
        #expect(error.description.contains(message), "\(error)")
        #expect(error.diagnostics.allSatisfy { $0.location != nil })
    }
}
