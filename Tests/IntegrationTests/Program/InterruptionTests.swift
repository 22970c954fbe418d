import Foundation
import IntegrationSupport
import MatrixCore
import MatrixTesting
import Testing

/// Ctrl-C and `kill -9` in every phase of a run on real containers.
@Suite(.requires(.programs, .podman, .xmllint)) struct InterruptionTests {
    /// A line of progress that is seen while the phase is under way.
    static let phases = ["  create", "  provision", "deploy: slow deploy", "  verify", "finally: slow finally"]

    private static let matrix = Matrices.small(
        deploy: "[{ name: slow deploy, shell: sleep 3 }]", verify: "[{ command: sleep 3; true }]",
        more: "finally: [{ name: slow finally, shell: sleep 3 }]")

    private func run(_ project: Project, until text: String, then signal: Int32) async throws -> MatrixProcess.Ending {
        try project.write(Self.matrix, to: "m.yml")
        let process = try MatrixProcess(["run", "m.yml", "--format", "plain"], in: project)
        try await process.waitFor(text)
        #expect(process.isRunning)
        process.send(signal)
        return try await process.ending()
    }

    @Test(arguments: phases) func ctrlCTakesEverythingDown(phase: String) async throws {
        let project = try Project()
        let ending = try await run(project, until: phase, then: SIGINT)
        #expect(ending.status == 130, "\(ending.errors)")
        let report = try Report(project)
        #expect(report.result.interrupted)
        #expect(try Podman.leftovers(of: report.run).isEmpty)
        try report.validateJUnit()
        #expect(try await MatrixProcess.run(["status"], in: project).output == "nothing is up and nothing is left behind\n")
    }

    @Test(arguments: phases) func aKilledRunIsReaped(phase: String) async throws {
        let project = try Project()
        let ending = try await run(project, until: phase, then: SIGKILL)
        #expect(ending.status == 128 + SIGKILL)
        let runs = try FileManager.default.contentsOfDirectory(atPath: project.url.appendingPathComponent(".matrix/runs").path)
        let run = try #require(runs.first)
        let reap = try await MatrixProcess.run(["reap", "--yes"], in: project)
        #expect(reap.status == 0, "\(reap.output) \(reap.errors)")
        #expect(try Podman.leftovers(of: run).isEmpty)
        #expect(try await MatrixProcess.run(["status"], in: project).output == "nothing is up and nothing is left behind\n")
    }

    @Test func theNextRunRemovesWhatAKilledOneLeft() async throws {
        let project = try Project()
        _ = try await run(project, until: "deploy: slow deploy", then: SIGKILL)
        let killed = try #require(
            FileManager.default.contentsOfDirectory(atPath: project.url.appendingPathComponent(".matrix/runs").path).first)
        #expect(try !Podman.leftovers(of: killed).isEmpty)
        let next = try await MatrixProcess.run(["run", "m.yml"], in: project)
        #expect(next.status == 0, "\(next.errors)")
        #expect(next.errors.contains("cleaning up what"))
        #expect(try Podman.leftovers(of: killed).isEmpty)
    }

    @Test func aSecondSignalAbandonsTheCleanupAndListsWhatMayRemain() async throws {
        let project = try Project()
        try project.write(Self.matrix, to: "m.yml")
        let process = try MatrixProcess(["run", "m.yml", "--format", "plain"], in: project)
        try await process.waitFor("deploy: slow deploy")
        process.send(SIGINT)
        try await process.waitFor("stopping")
        process.send(SIGTERM)
        let ending = try await process.ending()
        #expect(ending.status == 4)
        #expect(ending.errors.contains("matrix reap --run"))
        let reap = try await MatrixProcess.run(["reap", "--yes"], in: project)
        #expect(reap.status == 0, "\(reap.output) \(reap.errors)")
        let run = try #require(
            try FileManager.default.contentsOfDirectory(atPath: project.url.appendingPathComponent("reports").path).first)
        #expect(try Podman.leftovers(of: run).isEmpty)
    }

    @Test func aClosedTerminalTakesEverythingDown() async throws {
        let project = try Project()
        let ending = try await run(project, until: "deploy: slow deploy", then: SIGHUP)
        #expect(ending.status == 129, "\(ending.errors)")
        let report = try Report(project)
        #expect(report.result.interruption == .hungUp)
        #expect(try Podman.leftovers(of: report.run).isEmpty)
    }

    @Test func aDetachedRunGoesOnWithoutItsTerminal() async throws {
        let project = try Project()
        try project.write(Self.matrix, to: "m.yml")
        let process = try MatrixProcess(["run", "m.yml", "--detach", "--format", "plain"], in: project)
        try await process.waitFor("deploy: slow deploy")
        process.send(SIGHUP)
        let ending = try await process.ending()
        #expect(ending.status == 0, "\(ending.errors)")
    }

    /// CI must find neither nothing nor a green report.
    @Test(arguments: ["  create", "deploy: slow deploy", "finally: slow finally"]) func aKilledRunLeavesAReportOfErrors(phase: String)
        async throws
    {
        let project = try Project()
        _ = try await run(project, until: phase, then: SIGKILL)
        let report = try Report(project)
        #expect(report.result.unfinished == true && report.result.cells.map(\.outcome) == [.error])
        try report.validateJUnit()
        let status = try await MatrixProcess.run(["status"], in: project)
        #expect(status.errors.contains("run \(report.run) of ") && status.errors.contains("died: its process was killed or crashed"))
        #expect(!status.output.hasPrefix("nothing is up and nothing is left behind"))
        let next = try await MatrixProcess.run(["run", "m.yml"], in: project)
        #expect(next.status == 0, "\(next.errors)")
        #expect(next.errors.contains("run \(report.run) of ") && next.errors.contains("/reports/\(report.run)/junit.xml"))
        #expect(try Report(project).result.unfinished == nil)
    }

    @Test func runsOfALedgerThatIsGoneAreSaidAndReapedByName() async throws {
        let project = try Project()
        _ = try await run(project, until: "deploy: slow deploy", then: SIGKILL)
        let run = try #require(
            FileManager.default.contentsOfDirectory(atPath: project.url.appendingPathComponent(".matrix/runs").path).first)
        for name in ["state.db", "state.db-wal", "state.db-shm"] {
            try? FileManager.default.removeItem(at: project.url.appendingPathComponent(".matrix/\(name)"))
        }
        let status = try await MatrixProcess.run(["status"], in: project)
        #expect(status.output == "nothing is on the ledger; what the runs above left is not known\n")
        #expect(status.errors.contains("matrix reap --run \(run) --yes"))
        let unnamed = try await MatrixProcess.run(["reap", "--yes"], in: project)
        #expect(unnamed.status == 4 && unnamed.output.contains("matrix reap --run \(run) --yes"))
        #expect(try !Podman.leftovers(of: run).isEmpty, "it may be kept on purpose")
        let reap = try await MatrixProcess.run(["reap", "--run", run, "--yes"], in: project)
        #expect(reap.status == 0, "\(reap.output) \(reap.errors)")
        #expect(try Podman.leftovers(of: run).isEmpty)
        #expect(!project.exists(".matrix/runs/\(run)"))
        #expect(try await MatrixProcess.run(["status"], in: project).output == "nothing is up and nothing is left behind\n")
    }

    /// The API accepts requests and says nothing: nobody can say what it has, and nothing was asked of it.
    @Test(.timeLimit(.minutes(10)), arguments: [1, 2]) func signalsBeforeAnythingWasBegunLeaveNothing(_ count: Int) async throws {
        let server = try await ScriptedServer([])
        let project = try Project()
        let settings =
            #"{ driver: linode, token: { env: LINODE_TOKEN }, endpoint: "http://127.0.0.1:\#(server.port)/v4", region: us-central }"#
        try project.write(
            """
            version: 1
            name: silent
            platforms: { linode: \(settings) }
            axes: { os: [debian12], platform: [linode] }
            verify: [{ service: ssh }]
            """, to: "m.yml")
        let process = try MatrixProcess(
            ["run", "m.yml", "--format", "plain"], in: project, environment: ["LINODE_TOKEN": "0123456789abcdef"])
        try await process.waitFor("1 cell")
        for _ in 1...count { process.send(SIGINT) }
        let ending = try await process.ending()
        #expect(ending.status == 130 && !ending.errors.contains("abandoned"), "\(ending.errors)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: project.url.appendingPathComponent(".matrix/runs").path).isEmpty)
        #expect(try await MatrixProcess.run(["status"], in: project).output == "nothing is up and nothing is left behind\n")
        let report = try Report(project)
        #expect(report.result.cells.allSatisfy { $0.outcome != .passed })
    }
}
