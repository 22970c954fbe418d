import Foundation
import IntegrationSupport
import MatrixCore
import MatrixTesting
import Testing

/// One cell by hand on real containers: kept, repaired, continued by other processes, reaped from other machines.
@Suite(.requires(.programs, .podman, .xmllint)) struct LifeTests {
    /// A service that does not start until somebody puts its configuration right.
    private static let broken = Matrices.small(
        deploy: "[{ name: app, shell: grep -q listen=80 /etc/app.conf && touch /srv/app }]", verify: "[{ file: /srv/app }]")

    private func matrix(_ arguments: String..., in project: Project) async throws -> MatrixProcess.Ending {
        try await MatrixProcess.run(arguments, in: project)
    }

    @Test func aDevelopersLoopOnAFailingCell() async throws {
        let project = try Project()
        try project.write(Self.broken, to: "m.yml")
        let failed = try await matrix("run", "m.yml", "--keep", "failed", in: project)
        #expect(failed.status == 1, "\(failed.errors)")
        for command in ["ssh", "deploy", "verify", "destroy"] { #expect(failed.output.contains("matrix \(command) ")) }
        let run = try Report(project).run
        #expect(try await matrix("status", in: project).output.contains("deploy failed"))
        #expect(try await matrix("verify", "m.yml", "--cell", "debian12-podman", in: project).status == 1)
        #expect(try await matrix("ssh", "debian12-podman", "--", "echo listen=80 > /etc/app.conf", in: project).status == 0)
        let deployed = try await matrix("deploy", "m.yml", "--cell", "debian12-podman", in: project)
        #expect(deployed.status == 0, "\(deployed.errors)\n\(deployed.output)")
        #expect(!deployed.errors.contains("comes first"), "provisioned already")
        let verified = try await matrix("verify", "m.yml", in: project)
        #expect(verified.status == 0, "\(verified.errors)\n\(verified.output)")
        #expect(try Report(project).run == run && Report(project).result.exitStatus == .failed, "latest is the whole run's report")
        #expect(project.exists("reports/\(run)-verify-2/junit.xml"))
        let live = try await matrix("status", "--live", in: project)
        #expect(live.output.split(separator: "\n").count { $0.hasPrefix("kept") } == 2, "\(live.output)")
        let destroyed = try await matrix("destroy", "m.yml", "--cell", "debian12-podman", in: project)
        #expect(destroyed.status == 0, "\(destroyed.output)")
        #expect(try Podman.leftovers(of: run).isEmpty)
        #expect(try await matrix("deploy", "m.yml", in: project).status == 2, "nothing is up")
    }

    @Test func anInterruptedRunContinuesAtItsPhase() async throws {
        let project = try Project()
        let small = Matrices.small(deploy: "[{ name: slow deploy, shell: sleep 2; touch /srv/deployed }]")
        try project.write(small.replacing("platform: [podman] }", with: "platform: [podman], n: [a, b] }"), to: "m.yml")
        // The other cell is another shard's, also of the process that goes on.
        let process = try MatrixProcess(["run", "m.yml", "--shard", "1/2", "--fail-fast", "--format", "plain"], in: project)
        try await process.waitFor("deploy: slow deploy")
        process.send(SIGKILL)
        _ = try await process.ending()
        let run = try #require(
            FileManager.default.contentsOfDirectory(atPath: project.url.appendingPathComponent(".matrix/runs").path).first)
        let before = try Podman.leftovers(of: run)
        #expect(before.count == 2)
        let resumed = try await matrix("resume", run, "--format", "plain", in: project)
        #expect(resumed.status == 0, "\(resumed.errors)\n\(resumed.output)")
        #expect(resumed.errors.contains("debian12-podman-a: continues at deploy"))
        let report = try Report(project)
        #expect(report.result.cells.map(\.name) == ["debian12-podman-a"] && report.result.shard?.index == 1)
        #expect(report.run == run)
        #expect(report.result.cells[0].cases.allSatisfy { $0.outcome == .passed })
        try report.validateJUnit()
        #expect(try Podman.leftovers(of: run).isEmpty)
        #expect(try await matrix("resume", run, in: project).status == 2, "it is over")
    }

    /// Runs that get a signal at any moment of their lives; beside them a network that is not ours.
    @Test func chaosOnPodmanLeavesNothing() async throws {
        let seed = ProcessInfo.processInfo.environment["SOLTI_CHAOS_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 1...999_999_999)
        let dice = Dice(seed: seed)
        let stranger = "theirs-\(seed)"
        try #require(try Shell.run("podman", "network", "create", "--label", "solti-matrix-runner", stranger).status == 0)
        defer { _ = try? Shell.run("podman", "network", "rm", stranger) }
        var tally = Tally()
        for _ in 0..<5 {
            let project = try Project()
            try project.write(Matrices.small(verify: "[{ command: sleep 1; true }]"), to: "m.yml")
            let process = try MatrixProcess(["run", "m.yml", "--format", "plain"], in: project)
            try await Task.sleep(for: .milliseconds(dice.roll(300...6000)))
            let signal = dice.happens(0.7) ? SIGKILL : SIGTERM
            if process.isRunning { tally.count(signal == SIGKILL ? "SIGKILL of a run on Podman" : "SIGTERM of a run on Podman") }
            process.send(signal)
            _ = try await process.ending()
            let reap = try await matrix("reap", "--yes", in: project)
            if reap.status != 0 { tally.leaks.append("seed \(seed): \(reap.output)") }
            // The signal may have come before there were reports.
            let names = (try? FileManager.default.contentsOfDirectory(atPath: project.url.appendingPathComponent("reports").path)) ?? []
            for run in names where run != "latest" && RunID(shown: run) != nil { tally.leaks += try Podman.leftovers(of: run) }
            let status = try await matrix("status", in: project)
            if status.output != "nothing is up and nothing is left behind\n" { tally.disagreements.append(status.output) }
            tally.runs += 1
        }
        if try Shell.run("podman", "network", "exists", stranger).status != 0 { tally.foreignTouched.append(stranger) }
        print(tally.summary("Podman", seed: seed))
        #expect(tally.leaks == [])
        #expect(tally.foreignTouched == [])
        #expect(tally.disagreements == [])
    }
}

extension Report {
    /// The report of a command on one phase: the folder whose name ends so.
    init(_ project: Project, folder suffix: String) throws {
        let reports = project.url.appendingPathComponent("reports")
        let names = try FileManager.default.contentsOfDirectory(atPath: reports.path)
        try self.init(
            at: reports.appendingPathComponent(
                #require(names.first { $0.hasSuffix(suffix) } ?? names.first { $0 != "latest" && RunID(shown: $0) != nil })))
    }
}
