import Foundation
import IntegrationSupport
import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixLedger

/// Several processes on one state folder, and on separate folders with one cloud.
@Suite(.requires(.programs)) struct ProcessTests {
    private func withFolder<R>(_ body: (String) async throws -> R) async throws -> R {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("processes-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try await body(folder)
    }

    @Test func namesThatProcessesClaimAtOnceNeverCollide() async throws {
        try await withFolder { state in
            let processes = try (0..<4).map { _ in try ChaosProcess(["claim", state, "40"]) }
            for process in processes { try await process.waitFor("done") }
            let claimed = processes.map { $0.lines.filter { $0 != "done" } }
            for process in processes { process.send(SIGKILL) }
            for process in processes { try await process.end() }
            #expect(claimed.map(\.count) == [40, 40, 40, 40])
            #expect(Set(claimed.flatMap(\.self)).count == 160)
            #expect(try await SQLiteLedger(state: state).claims(kind: "vmid").count == 160)
        }
    }

    /// Its owner is dead, and nothing of its run is left: the names are free again.
    @Test func whatAKilledProcessHeldIsTakenOver() async throws {
        try await withFolder { state in
            let first = try ChaosProcess(["claim", state, "5"])
            try await first.waitFor("done")
            let ledger = try SQLiteLedger(state: state)
            let run = try #require(try await ledger.runs(limit: 1).first)
            let own = RunID("261123-050122-self")
            try await ledger.begin(
                RunRecord(run: own, matrix: "m", file: "/m.yml", started: .now, owner: .current(), platforms: [:], reports: "/"))
            #expect(try await !ledger.claim(kind: "vmid", name: "20000", run: own, until: nil), "its owner lives")
            var taken = run
            taken.owner = .current()
            await #expect(throws: UsageError.self, "a run that a living process owns is not gone on with") { try await ledger.begin(taken) }
            first.send(SIGKILL)
            try await first.end()
            #expect(try await ledger.unfinishedRuns().map(\.run) == [run.run])
            #expect(try await ledger.claim(kind: "vmid", name: "20000", run: own, until: nil))
            try await ledger.begin(taken)
            #expect(try await ledger.run(run.run)?.owner == .current())
        }
    }

    @Test(arguments: [true, false]) func runsAtOnceTakeDownTheirOwnOnly(share: Bool) async throws {
        try await withFolder { folder in
            let processes = try (0..<5).map { number in
                try ChaosProcess(["run", share ? "\(folder)/state" : "\(folder)/state-\(number)", "\(folder)/cloud", "\(number + 1)", "0"])
            }
            for process in processes { try await process.end() }
            // A bad verdict is no matter here.
            for process in processes { #expect([0, 1].contains(process.status), "\(process.lines)") }
            let cloud = try FolderCloud(in: "\(folder)/cloud", dice: Dice(seed: 1), faultiness: 0)
            #expect(cloud.there.isEmpty)
            for number in share ? [0] : Array(0..<5) {
                let ledger = try SQLiteLedger(state: share ? "\(folder)/state" : "\(folder)/state-\(number)")
                #expect(try await ledger.open().isEmpty)
                #expect(try await ledger.unfinishedRuns().isEmpty)
            }
        }
    }

    /// One of them is killed; the others' runs are untouched by the reap that follows while they work.
    @Test func aReapBesideLivingProcessesTakesTheDeadOnesOnly() async throws {
        try await withFolder { folder in
            let dead = try ChaosProcess(["run", "\(folder)/state", "\(folder)/cloud", "11"])
            try await dead.waitFor("started")
            try await Task.sleep(for: .milliseconds(60))
            dead.send(SIGKILL)
            try await dead.end()
            let living = try (0..<3).map { try ChaosProcess(["run", "\(folder)/state", "\(folder)/cloud", "\($0 + 20)", "0"]) }
            for process in living { try await process.waitFor("started") }
            let chaos = try Chaos(seed: 1)
            defer { chaos.remove() }
            try await chaos.reap(state: "\(folder)/state", cloud: "\(folder)/cloud")
            for process in living { try await process.end() }
            for process in living { #expect([0, 1].contains(process.status), "\(process.status)") }
            try await chaos.reap(state: "\(folder)/state", cloud: "\(folder)/cloud")
            #expect(try FolderCloud(in: "\(folder)/cloud", dice: Dice(seed: 1), faultiness: 0).there.isEmpty)
            #expect(try await SQLiteLedger(state: "\(folder)/state").open().isEmpty)
        }
    }
}
