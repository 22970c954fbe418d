import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixEngine

/// The order in which cells start, played with times that nobody waits for.
@Suite struct ScheduleTests {
    /// When the last of these cells ends, in seconds.
    private func end(_ seconds: [Double], platforms: [String]? = nil, limits: Limits = Limits(), parallel: Int, expected: ExpectedTimes)
        -> Double
    {
        let cells = seconds.indices.map { Fixture.cell("c\($0)") }
        var schedule = Schedule(
            expected.longestFirst(cells), platforms: platforms ?? seconds.map { _ in "p" }, limits: limits, parallel: parallel)
        var running: [(index: Int, end: Double)] = []
        var now = 0.0
        while true {
            while let index = schedule.next() { running.append((index, now + seconds[index])) }
            guard let next = running.min(by: { $0.end < $1.end }) else { return now }
            running.removeAll { $0.index == next.index }
            now = next.end
            schedule.finish(next.index)
        }
    }

    private func known(_ seconds: [Double]) -> ExpectedTimes {
        ExpectedTimes(Dictionary(uniqueKeysWithValues: seconds.enumerated().map { ("c\($0)", [.create: $1 / 4, .deploy: $1 * 3 / 4]) }))
    }

    @Test func theLongestFirstEndsWithTheLongestCell() {
        let seconds = [10, 10, 10, 10, 10, 10, 60.0]
        #expect(end(seconds, parallel: 2, expected: known(seconds)) == 60)
        #expect(end(seconds, parallel: 2, expected: ExpectedTimes()) == 90, "in the file's order the long one starts last")
    }

    /// Over many random matrices: near what no schedule can beat (the longest cell, an even share of all), and better than
    /// without a history.
    @Test func theLongestFirstIsNearTheIdeal() {
        var generator = SeededGenerator(seed: 9)
        var (ideals, ends, unordered) = (0.0, 0.0, 0.0)
        for _ in 1...300 {
            let parallel = Int.random(in: 1...8, using: &generator)
            let seconds = (0..<Int.random(in: 1...60, using: &generator)).map { _ in Double.random(in: 1...600, using: &generator) }
            let share = seconds.reduce(0, +) / Double(parallel)
            let longest = seconds.max() ?? 0
            let last = end(seconds, parallel: parallel, expected: known(seconds))
            // Whoever ends last began when no place was free: all places had been busy until then.
            #expect(last <= share + longest * (1 - 1 / Double(parallel)) + 0.001)
            #expect(last >= max(share, longest) - 0.001)
            ideals += max(share, longest)
            ends += last
            unordered += end(seconds, parallel: parallel, expected: ExpectedTimes())
        }
        #expect(ends < 1.05 * ideals && ends < unordered, "\(ends / ideals) of the ideal, \(unordered / ideals) without a history")
    }

    @Test func aFullPlatformHoldsUpNobodyElse() {
        let seconds = [50, 50, 50, 10, 10.0]
        let platforms = ["small", "small", "small", "large", "large"]
        let limits = Limits(alive: ["small": 1])
        #expect(end(seconds, platforms: platforms, limits: limits, parallel: 2, expected: known(seconds)) == 150)
    }

    @Test func whoNeverRanIsBeforeTheOthersInTheFilesOrder() {
        let expected = ExpectedTimes(["c1": [.deploy: 5], "c3": [.deploy: 9], "c4": [:]])
        #expect(expected.longestFirst((0..<5).map { Fixture.cell("c\($0)") }) == [0, 2, 4, 3, 1])
        #expect(expected.seconds == ["c1": 5, "c3": 9])
    }
}
