import MatrixCore
import Testing

@testable import MatrixChecks

@Suite struct PollingTests {
    @Test func onceWithoutWithin() {
        var polling = Polling(within: nil, every: .seconds(2), stable: nil)
        #expect(polling.take(.failed, asked: .zero, now: .seconds(1)) == .done)
        #expect(polling.attempts == 1)
    }

    @Test func aLastTryAtTheVeryEnd() {
        var polling = Polling(within: .seconds(5), every: .seconds(2), stable: nil)
        #expect(polling.take(.failed, asked: .zero, now: .seconds(1)) == .again(at: .seconds(2)))
        #expect(polling.take(.unanswered, asked: .seconds(2), now: .seconds(5)) == .again(at: .seconds(5)))
        #expect(polling.take(.failed, asked: .seconds(5), now: .seconds(6)) == .done)
    }

    @Test func stableBeginsAnewWithinTheLimit() {
        var polling = Polling(within: .seconds(20), every: .seconds(2), stable: .seconds(5))
        #expect(polling.take(.held, asked: .seconds(0), now: .seconds(0)) == .again(at: .seconds(2)))
        #expect(polling.take(.failed, asked: .seconds(2), now: .seconds(2)) == .again(at: .seconds(4)))
        #expect(polling.take(.held, asked: .seconds(19), now: .seconds(19)) == .again(at: .seconds(21)))
        #expect(polling.take(.held, asked: .seconds(21), now: .seconds(21)) == .again(at: .seconds(23)))
        #expect(polling.take(.held, asked: .seconds(24), now: .seconds(24)) == .done)
    }

    @Test func stableThatBreaksAfterTheLimit() {
        var polling = Polling(within: .seconds(1), every: .seconds(2), stable: .seconds(10))
        #expect(polling.take(.held, asked: .seconds(1), now: .seconds(1)) == .again(at: .seconds(3)))
        #expect(polling.take(.failed, asked: .seconds(3), now: .seconds(3)) == .unstable(held: .seconds(2)))
    }
}
