import MatrixCore
import Testing

@Suite struct BackoffTests {
    @Test(arguments: [(1, 1.0), (2, 2), (3, 4), (4, 8), (5, 10), (1000, 10)])
    func pausesGrowToTheMostWithJitter(attempt: Int, step: Double) {
        let backoff = Backoff(first: .seconds(1), factor: 2, most: .seconds(10))
        for _ in 0..<50 {
            let pause = backoff.pause(before: attempt).inSeconds
            #expect(pause >= step / 2 && pause <= step)
        }
    }

    @Test func twoPausesDiffer() {
        let backoff = Backoff(first: .seconds(100), factor: 1, most: .seconds(100))
        #expect(Set((0..<20).map { _ in backoff.pause(before: 1) }).count > 1)
    }

    @Test(arguments: [0, -5]) func anAttemptBelowOneIsTheFirst(attempt: Int) {
        let backoff = Backoff(first: .seconds(1), factor: 10, most: .seconds(60))
        #expect(backoff.pause(before: attempt) <= .seconds(1))
    }

    @Test func theFirstIsNoLongerThanTheMost() {
        #expect(Backoff(first: .seconds(60), factor: 2, most: .seconds(1)).pause(before: 1) <= .seconds(1))
    }
}
