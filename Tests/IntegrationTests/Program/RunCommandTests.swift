import Foundation
import IntegrationSupport
import MatrixCore
import Testing

/// `matrix run` on real containers, as a user runs it.
@Suite(.requires(.programs, .podman, .xmllint)) struct RunCommandTests {
    @Test func aGreenCell() async throws {
        let project = try Project()
        try project.write(Matrices.small(), to: "m.yml")
        let ending = try await MatrixProcess.run(["run", "m.yml", "--format", "plain"], in: project)
        try #require(ending.status == 0, "\(ending.errors)\n\(ending.output)")
        let result = try Report(project)
        #expect(result.result.cells.map(\.outcome) == [.passed])
        #expect(try Podman.leftovers(of: result.run).isEmpty)
        #expect(project.exists("reports/latest/index.html"))
        #expect(project.exists("reports/latest/summary.md"))
        try result.validateJUnit()
        #expect(!project.exists(".matrix/runs/\(result.run)"))
    }

    @Test func aCheckThatFailsFailsItsCellOnlyAndQuotesWhatItSaw() async throws {
        let project = try Project()
        try project.write(Matrices.redAndGreen, to: "m.yml")
        let ending = try await MatrixProcess.run(["run", "m.yml"], in: project)
        #expect(ending.status == 1)
        let report = try Report(project)
        #expect(report.result.cells.map(\.outcome) == [.failed, .passed])
        let failed = try #require(report.result.cells[0].cases.first { $0.outcome == .failed })
        #expect(failed.detail?.contains("green") == true)
        #expect(failed.detail?.contains("red") == true)
        #expect(failed.location?.description == "m.yml:9:5")
        let html = try project.read("reports/latest/index.html")
        #expect(html.contains("the color is green"))
        try report.validateJUnit()
        #expect(try Podman.leftovers(of: report.run).isEmpty)
    }

    @Test func anUnavailableImageIsStatusThreeOrSkippedIfTheFileSaysSo() async throws {
        let project = try Project()
        let text = """
            version: 1
            name: unavailable
            platforms: { podman: { driver: podman } }
            os: { nosuch: { family: rhel, package_manager: dnf, release: { id: nosuch, version: "1" }, container: 127.0.0.1:9/no/such:1 } }
            axes: { os: [debian12, nosuch], platform: [podman] }
            verify: [{ command: "true" }]
            """
        try project.write(text, to: "error.yml")
        try project.write(text + "\nunavailable: skip\n", to: "skip.yml")
        let error = try await MatrixProcess.run(["run", "error.yml"], in: project)
        #expect(error.status == 3, "\(error.errors)")
        #expect(try Report(project).result.cells.map(\.outcome) == [.passed, .error])
        let skip = try await MatrixProcess.run(["run", "skip.yml"], in: project)
        #expect(skip.status == 0, "\(skip.errors)")
        let report = try Report(project)
        #expect(report.result.cells.map(\.outcome) == [.passed, .skipped])
        #expect(report.result.cells[1].cases[0].message?.isEmpty == false)
        try report.validateJUnit()
        let alone = try await MatrixProcess.run(["run", "skip.yml", "--cell", "nosuch-podman"], in: project)
        #expect(alone.status == 3, "a run without any verdict is never green")
        try Report(project).validateJUnit()
    }

    @Test func badInputIsStatusTwoWithItsPositionAndCreatesNothing() async throws {
        let project = try Project()
        try project.write(Matrices.small(more: "timeuots: { create: 1m }"), to: "m.yml")
        let ending = try await MatrixProcess.run(["run", "m.yml"], in: project)
        #expect(ending.status == 2)
        #expect(ending.errors.contains("m.yml:8:1: error:"))
        #expect(ending.errors.contains("timeouts"))
        #expect(!project.exists("reports"))
        #expect(!project.exists(".matrix/state.db"))
        for arguments in [["run"], ["run", "m.yml", "--parallel", "0"], ["run", "m.yml", "--nosuch"], ["run", "absent.yml"]] {
            #expect(try await MatrixProcess.run(arguments, in: project).status == 2, "\(arguments)")
        }
    }

    @Test func aKeptCellIsReachedAndTakenDownByName() async throws {
        let project = try Project()
        try project.write(Matrices.small(), to: "m.yml")
        let kept = try await MatrixProcess.run(["run", "m.yml", "--keep", "always"], in: project)
        #expect(kept.status == 0, "\(kept.errors)")
        #expect(kept.output.contains("matrix ssh debian12-podman"))
        let run = try Report(project).run
        #expect(try !Podman.leftovers(of: run).isEmpty)
        let ssh = try await MatrixProcess.run(["ssh", "debian12-podman", "--", "hostname"], in: project)
        #expect(ssh.output == "debian12-podman\n", "\(ssh.errors)")
        #expect(try await MatrixProcess.run(["status"], in: project).output.contains("kept"))
        let reap = try await MatrixProcess.run(["reap", "--yes"], in: project)
        #expect(reap.output == "nothing is left behind\n", "a kept cell goes only by name")
        let destroy = try await MatrixProcess.run(["destroy", "m.yml", "--cell", "debian12-podman"], in: project)
        #expect(destroy.status == 0, "\(destroy.output) \(destroy.errors)")
        #expect(try Podman.leftovers(of: run).isEmpty)
        #expect(try await MatrixProcess.run(["status"], in: project).output == "nothing is up and nothing is left behind\n")
        #expect(!project.exists(".matrix/runs/\(run)"))
    }
}
