public import MatrixCore

/// The cases that every driver passes: one for each ``Promise``.
///
/// A case makes hosts through the driver, spoils one of its calls to the outside, and looks at what is there: through another process,
/// and through the harness if that sees more. `matrix platform test` runs the cases on a user's platform, and the tests run them on fakes.
public struct ConformanceSuite: Sendable {
    private let harness: any ConformanceHarness
    private let mostStrikes: Int

    /// - Parameter mostStrikes: at how many of the calls of a create or destroy something goes wrong, each with new hosts.
    public init(_ harness: any ConformanceHarness, mostStrikes: Int = .max) {
        self.harness = harness
        self.mostStrikes = mostStrikes
    }

    /// Tries a promise, and removes everything that its case made, also after a cancellation.
    public func verdict(on promise: Promise) async -> PromiseVerdict {
        let began = Timestamp.now
        let (outcome, left) = await trial(of: promise)
        return PromiseVerdict(promise: promise, outcome: outcome, left: left, seconds: Timestamp.now.seconds(since: began))
    }

    private func trial(of promise: Promise) async -> (PromiseVerdict.Outcome, [String]) {
        switch harness.promises[promise] {
        case .given: break
        case .withheld(let why), .bySettings(let why): return (.withheld(why), [])
        }
        let trial: Trial
        do { trial = try await Trial(harness, mostStrikes: mostStrikes) } catch { return (.untried("\(error)"), []) }
        let outcome: PromiseVerdict.Outcome
        do {
            try await Self.work(on: promise)(trial)
            outcome = .kept
        } catch let broken as BrokenPromise {
            outcome = .broken(broken.description)
        } catch let untried as Untried {
            outcome = .untried(untried.reason)
        } catch {
            // Nothing went wrong on purpose at that moment: the driver could not do what it should.
            outcome = Task.isCancelled ? .untried("it was stopped") : .broken("\(error)")
        }
        return (outcome, await Task { await trial.sweep() }.value)
    }

    private static func work(on promise: Promise) -> @Sendable (Trial) async throws -> Void {
        switch promise {
        case .life: { try await $0.life() }
        case .lostReply: { try await $0.lostReply() }
        case .adoption: { try await $0.adoption() }
        case .absence: { try await $0.absence() }
        case .separation: { try await $0.separation() }
        case .interruption: { try await $0.interruption() }
        case .strangers: { try await $0.strangers() }
        case .hostileAnswers: { try await $0.hostileAnswers() }
        case .listing: { try await $0.listing() }
        case .expiry: { try await $0.expiry() }
        case .price: { try await $0.price() }
        case .power: { try await $0.power() }
        case .size: { try await $0.size() }
        }
    }
}
