import MatrixCore
import MatrixTesting
import Synchronization
import Testing

@testable import MatrixCLI

/// What a cell waits for, said in time and not too often; the test's hand moves the clock.
@Suite struct PlainProgressTests {
    /// Lines that were said, and what is to be done later.
    private final class Desk: Sendable {
        private let state = Mutex((lines: [String](), tasks: [(after: Duration, work: @Sendable () -> Void)]()))

        var lines: [String] { state.withLock { $0.lines } }
        var delays: [Duration] { state.withLock { $0.tasks.map(\.after) } }

        func progress(isVerbose: Bool = false) -> PlainProgress {
            PlainProgress(
                isVerbose: isVerbose, started: Timestamp(seconds: 0), say: { line in self.state.withLock { $0.lines.append(line) } },
                later: { time, work in self.state.withLock { $0.tasks.append((time, work)) } })
        }

        /// Lets all that was put off happen.
        func pass() {
            for task in state.withLock({ state in
                defer { state.tasks = [] }
                return state.tasks
            }) { task.work() }
        }
    }

    private func wait(_ text: String, at second: Double, cell: String = "a") -> Event {
        Event(time: Timestamp(seconds: second), cell: cell, .waiting(text))
    }

    @Test func theLastReasonIsSaidWhenTheTimeIsOver() {
        let desk = Desk()
        let progress = desk.progress()
        for (second, text) in [(0.0, "booting"), (1, "no answer"), (2, "connection refused"), (3, "SSH is starting")] {
            progress.emit(wait(text, at: second))
        }
        #expect(desk.lines == ["00:00  a  booting"])
        #expect(desk.delays == [.seconds(4)], "one timer, for the rest of the five seconds")
        desk.pass()
        #expect(desk.lines == ["00:00  a  booting", "00:03  a  SSH is starting"])
    }

    @Test func whatIsHeldBeginsAnotherFiveSeconds() {
        let desk = Desk()
        let progress = desk.progress()
        progress.emit(wait("one", at: 0))
        progress.emit(wait("two", at: 4))
        desk.pass()
        progress.emit(wait("three", at: 6))
        #expect(desk.lines.count == 2 && desk.delays == [.seconds(4)])
        desk.pass()
        progress.emit(wait("four", at: 15))
        #expect(desk.lines.map { $0.split(separator: " ").last } == ["one", "two", "three", "four"])
    }

    @Test func whatIsHeldComesBeforeTheCellsNextLine() {
        let desk = Desk()
        let progress = desk.progress()
        progress.emit(wait("one", at: 0))
        progress.emit(wait("two", at: 1))
        progress.emit(Event(time: Timestamp(seconds: 2), cell: "a", .phaseStarted(.provision, attempt: 1)))
        desk.pass()
        #expect(desk.lines == ["00:00  a  one", "00:01  a  two", "00:02  a  provision"])
    }

    @Test("A reason that does not change is printed again after a minute, with its duration")
    func repeatedReasons() {
        let desk = Desk()
        let progress = desk.progress()
        for second in stride(from: 0.0, through: 130, by: 4) { progress.emit(wait("vm: agent: not running", at: second)) }
        progress.emit(wait("vm: agent: running", at: 134))
        progress.emit(wait("vm: agent: not running", at: 140))
        #expect(
            desk.lines == [
                "00:00  a  vm: agent: not running", "01:00  a  vm: agent: not running (for 1m00s)",
                "02:00  a  vm: agent: not running (for 2m00s)", "02:14  a  vm: agent: running", "02:20  a  vm: agent: not running",
            ])
        #expect(desk.delays.isEmpty)
    }

    @Test("Hosts of one cell do not bring back each other's reasons, and a new phase begins anew")
    func reasonsOfSeveralHosts() {
        let desk = Desk()
        let progress = desk.progress()
        for second in stride(from: 0.0, to: 48, by: 6) {
            progress.emit(wait("one: booting", at: second))
            progress.emit(wait("two: booting", at: second + 5))
        }
        #expect(desk.lines == ["00:00  a  one: booting", "00:05  a  two: booting"])
        progress.emit(Event(time: Timestamp(seconds: 50), cell: "a", .phaseStarted(.create, attempt: 2)))
        progress.emit(wait("one: booting", at: 52))
        #expect(desk.lines.suffix(2) == ["00:50  a  create: try 2", "00:52  a  one: booting"])
    }

    @Test func cellsAreKeptApartAndAVerboseDisplaySaysAll() {
        let desk = Desk()
        let progress = desk.progress()
        progress.emit(wait("one", at: 0))
        progress.emit(wait("two", at: 1, cell: "b"))
        #expect(desk.lines.count == 2)
        let verbose = Desk()
        let all = verbose.progress(isVerbose: true)
        for second in 0..<4 { all.emit(wait("reason \(second)", at: Double(second))) }
        #expect(verbose.lines.count == 4 && verbose.delays.isEmpty)
    }
}
