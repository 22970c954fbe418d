import Foundation
import IntegrationSupport
import MatrixCore
import MatrixTesting
import Testing

/// `matrix run --simulate`: nothing outside is needed or touched, and nothing of it counts as a run.
@Suite(.requires(.programs)) struct RehearsalTests {
    /// Platforms and secrets that no machine of tests has.
    private static let matrix = """
        version: 1
        name: away
        platforms:
          proxmox:
            driver: proxmox
            endpoint: https://pve.invalid:8006
            token: { id: "a@pve!b", secret: { env: NO_SUCH_TOKEN } }
            node: pve
            vmids: 20000-20099
            storage: local-lvm
        secrets: { password: { env: NO_SUCH_PASSWORD } }
        axes: { os: [rocky9, debian12], platform: [proxmox] }
        limits: { parallel: 1 }
        deploy: [{ name: site, shell: "echo ${secrets.password}" }]
        verify: [{ service: ssh }, { port: 22 }]
        """

    private func rehearse(_ project: Project, _ more: String...) async throws -> (ending: MatrixProcess.Ending, result: RunResult) {
        let ending = try await MatrixProcess.run(["run", "away.yml", "--format", "json"] + more, in: project)
        return (ending, try JSON.decode(RunResult.self, from: Array(ending.output.utf8)))
    }

    @Test func needsNothingAndLeavesNothingButItsReport() async throws {
        let project = try Project()
        try project.write(Self.matrix, to: "away.yml")
        try project.write("speed: 1000", to: "fast.yml")
        let (ending, result) = try await rehearse(project, "--scenario", "fast.yml")
        #expect(ending.status == 0, "\(ending.errors)")
        #expect(result.matrix == "away (simulated)")
        #expect(result.cells.map(\.outcome) == [.passed, .passed])
        #expect(result.cells[1].started >= result.cells[0].finished, "one at a time, as the limit says")
        #expect(project.exists("reports/\(result.run)/junit.xml"))
        #expect(!project.exists("reports/latest"))
        #expect(!project.exists(".matrix/state.db"))
        #expect(!project.exists(".matrix/runs"))
    }

    @Test func failsAsTheScenarioSays() async throws {
        let project = try Project()
        try project.write(Self.matrix, to: "away.yml")
        let fault = "{ phase: verify, step: \"port 22*\", outcome: failed, message: nobody listens }"
        try project.write("speed: 1000\ncells: [{ cell: \"rocky9-*\", faults: [\(fault)] }]", to: "red.yml")
        let (ending, result) = try await rehearse(project, "--scenario", "red.yml")
        #expect(ending.status == 1)
        #expect(result.cells.map(\.outcome) == [.failed, .passed])
        #expect(result.cells[0].cases.filter { $0.outcome == .failed }.map(\.message) == ["nobody listens"])
    }

    @Test func aWrongScenarioIsStatusTwoWithItsPosition() async throws {
        let project = try Project()
        try project.write(Self.matrix, to: "away.yml")
        try project.write("sped: 3", to: "wrong.yml")
        let ending = try await MatrixProcess.run(["run", "away.yml", "--scenario", "wrong.yml"], in: project)
        #expect(ending.status == 2)
        #expect(ending.errors.contains("wrong.yml:1:1: error:"))
        #expect(!project.exists("reports"))
    }

    /// Something is in the way of one document: the run ends with status 3, and every other document says so.
    @Test func aReportThatCannotBeWrittenIsNamedByAllOthers() async throws {
        let project = try Project()
        try project.write(Self.matrix, to: "away.yml")
        try project.write("speed: 100", to: "slow.yml")
        let process = try MatrixProcess(["run", "away.yml", "--scenario", "slow.yml", "--format", "plain"], in: project)
        try await process.waitFor("deploy: site")
        let reports = project.url.appendingPathComponent("reports")
        let run = try #require(FileManager.default.contentsOfDirectory(atPath: reports.path).first)
        let folder = reports.appendingPathComponent(run)
        // The document is there from the start of the run, and may be written anew in between.
        #expect(
            await eventually {
                try? FileManager.default.removeItem(at: folder.appendingPathComponent("junit.xml"))
                let obstacle = folder.appendingPathComponent("junit.xml/x")
                return (try? FileManager.default.createDirectory(at: obstacle, withIntermediateDirectories: true)) != nil
            })
        let ending = try await process.ending()
        #expect(ending.status == 3, "\(ending.errors)")
        #expect(try Report(at: folder).result.exitStatus == .infrastructure)
        for name in ["results.json", "index.html", "summary.md", "ctrf.json", "events.ndjson"] {
            let text = try project.read("reports/\(run)/\(name)")
            #expect(text.contains(name == "events.ndjson" ? "\"exitStatus\":3" : "could not be written"), "\(name)")
        }
        #expect(ending.output.contains("; exit status 3: an infrastructure problem prevented a verdict\nreports: "))
        #expect(ending.output.contains("/\(run)/index.html\nerror: junit.xml could not be written: "))
    }
}
