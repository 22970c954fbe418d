import Foundation
import IntegrationSupport
import MatrixCore
import MatrixTesting
import Testing

/// Faults at random moments: after `reap` nothing of ours is left, everything of others is there, and the ledger agrees.
///
/// 30 runs unless `SOLTI_CHAOS` names another number, as `make nightly` does; `SOLTI_CHAOS_SEED` repeats a seed that was printed.
@Suite(.requires(.programs, .helperPrograms, .fakeClock)) struct ChaosTests {
    static let seed = number("SOLTI_CHAOS_SEED") ?? UInt64.random(in: 1...999_999_999)
    static let count = Int(clamping: number("SOLTI_CHAOS") ?? 30)
    static var processes: Int { count / 6 }

    private static func number(_ variable: String) -> UInt64? { ProcessInfo.processInfo.environment[variable].flatMap { UInt64($0) } }

    @Test func aRunThatIsStruckAtAnyCallLeavesNothing() async throws {
        let seeds = (0..<(Self.count - Self.processes)).map { Self.seed &+ UInt64($0) }
        try await judge("in this process", seeds, atOnce: 16) { try await $0.run() }
    }

    @Test func aProcessThatIsKilledOrEndedLeavesNothing() async throws {
        let seeds = (0..<(Self.processes * 2 / 3)).map { Self.seed &+ 1_000_000 &+ UInt64($0) }
        try await judge("processes", seeds, atOnce: 6) { try await $0.runProcess($0.seed % 3 == 0 ? SIGTERM : SIGKILL) }
    }

    @Test func aProcessWhoseClockJumpsLeavesNothing() async throws {
        let seeds = (0..<(Self.processes - Self.processes * 2 / 3)).map { Self.seed &+ 2_000_000 &+ UInt64($0) }
        try await judge("processes whose clock jumps", seeds, atOnce: 6) { chaos in
            try await chaos.runProcess(chaos.seed % 2 == 0 ? SIGTERM : SIGKILL, jump: chaos.seed % 4 < 2 ? 6 * 3600 : -3 * 3600)
        }
    }

    /// Proves the tests above: if intents were forgotten as soon as their resource is absent, chaos would find what appears later.
    @Test func chaosFindsLeaksIfIntentsAreForgottenAtOnce() async throws {
        // On a busy machine what appears late may be there before anybody looks.
        for attempt in 0..<8 {
            let seeds = (0..<60).map { UInt64(7_000_000 + 1000 * attempt + $0) }
            let tallies = await mapConcurrently(seeds, limit: attempt == 0 ? 16 : 4) { seed -> Tally? in
                guard let chaos = try? Chaos(seed: seed, settles: .zero) else { return nil }
                defer { chaos.remove() }
                return try? await chaos.run(.api)
            }
            try #require(tallies.compactMap(\.self).count == seeds.count)
            if tallies.contains(where: { $0?.leaks.isEmpty == false }) { return }
        }
        Issue.record("chaos found none of the leaks")
    }

    private func judge(_ title: String, _ seeds: [UInt64], atOnce: Int, _ work: @escaping @Sendable (Chaos) async throws -> Tally)
        async throws
    {
        let tallies = await mapConcurrently(seeds, limit: atOnce) { seed -> Result<Tally, any Error> in
            do {
                let chaos = try Chaos(seed: seed)
                defer { chaos.remove() }
                return .success(try await work(chaos))
            } catch { return .failure(error) }
        }
        var whole = Tally()
        for tally in tallies { whole.add(try tally.get()) }
        print(whole.summary(title, seed: Self.seed))
        #expect(whole.runs == seeds.count)
        #expect(whole.faults.values.reduce(0, +) >= seeds.count / 2, "chaos was too tame to prove anything")
        #expect(whole.leaks == [])
        #expect(whole.foreignTouched == [])
        #expect(whole.disagreements == [])
    }
}
