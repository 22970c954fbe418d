import MatrixCore
import Synchronization
import Testing

@testable import MatrixCLI

/// What a cell waits for and does, said in time and not too often; the test's hand moves the clock.
@Suite struct PlainProgressTests {
    /// Lines that were said.
    private final class Desk: Sendable {
        private let state = Mutex([String]())

        var lines: [String] { state.withLock { $0 } }

        func progress(isVerbose: Bool = false) -> PlainProgress {
            PlainProgress(isVerbose: isVerbose, started: Timestamp(seconds: 0)) { line in self.state.withLock { $0.append(line) } }
        }
    }

    private func event(_ kind: Event.Kind, at second: Double, cell: String = "a") -> Event {
        Event(time: Timestamp(seconds: second), cell: cell, kind)
    }

    private func wait(_ text: String, at second: Double, cell: String = "a") -> Event { event(.waiting(text), at: second, cell: cell) }

    /// Lets the clock run as the display does.
    private func pass(_ progress: PlainProgress, _ seconds: ClosedRange<Int>) {
        for second in seconds { progress.tick(at: Timestamp(seconds: Double(second))) }
    }

    @Test func theLastReasonIsSaidWhenTheTimeIsOver() {
        let desk = Desk()
        let progress = desk.progress()
        for (second, text) in [(0.0, "booting"), (1, "no answer"), (2, "connection refused"), (3, "SSH is starting")] {
            progress.emit(wait(text, at: second))
        }
        #expect(desk.lines == ["00:00  a  booting"])
        pass(progress, 3...20)
        #expect(desk.lines == ["00:00  a  booting", "00:05  a  SSH is starting"], "with the clock at which it is said")
    }

    @Test func whatIsHeldBeginsAnotherFiveSeconds() {
        let desk = Desk()
        let progress = desk.progress()
        progress.emit(wait("one", at: 0))
        progress.emit(wait("two", at: 4))
        pass(progress, 4...5)
        progress.emit(wait("three", at: 6))
        #expect(desk.lines.count == 2)
        pass(progress, 6...10)
        progress.emit(wait("four", at: 15))
        #expect(desk.lines == ["00:00  a  one", "00:05  a  two", "00:10  a  three", "00:15  a  four"])
    }

    @Test func whatIsHeldComesBeforeTheCellsNextLineWithItsClock() {
        let desk = Desk()
        let progress = desk.progress()
        progress.emit(wait("one", at: 0))
        progress.emit(wait("two", at: 1))
        progress.emit(event(.phaseStarted(.provision, attempt: 1), at: 2))
        pass(progress, 2...20)
        #expect(desk.lines == ["00:00  a  one", "00:02  a  two", "00:02  a  provision"])
    }

    @Test("The clock never goes back, whichever cell is heard first")
    func theClock() {
        let desk = Desk()
        let progress = desk.progress()
        progress.emit(event(.cellStarted, at: 29, cell: "b"))
        progress.emit(event(.cellStarted, at: 27))
        progress.emit(wait("one", at: 28))
        progress.emit(wait("two", at: 29))
        pass(progress, 30...40)
        #expect(desk.lines == ["00:29  b  started", "00:29  a  started", "00:29  a  one", "00:33  a  two"])
    }

    @Test("A reason that does not change is printed again each half minute, with its duration")
    func repeatedReasons() {
        let desk = Desk()
        let progress = desk.progress()
        progress.emit(event(.cellStarted, at: 0))
        for second in 0...64 {
            if second % 4 == 0 { progress.emit(wait("vm: agent: not running", at: Double(second))) }
            progress.tick(at: Timestamp(seconds: Double(second)))
        }
        progress.emit(wait("vm: agent: running", at: 70))
        progress.emit(wait("vm: agent: not running", at: 76))
        #expect(
            desk.lines.dropFirst() == [
                "00:00  a  vm: agent: not running", "00:30  a  vm: agent: not running (30s so far)",
                "01:00  a  vm: agent: not running (1m00s so far)", "01:10  a  vm: agent: running", "01:16  a  vm: agent: not running",
            ])
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
        progress.emit(event(.phaseStarted(.create, attempt: 2), at: 50))
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
        #expect(verbose.lines.count == 4)
    }

    @Test func eachTaskIsALineAndALongOneIsSaidAgainWithItsTime() {
        let desk = Desk()
        let progress = desk.progress()
        progress.emit(event(.cellStarted, at: 0))
        progress.emit(event(.phaseStarted(.deploy, attempt: 1), at: 1))
        progress.emit(event(.stepStarted(.deploy, step: "monitoring"), at: 1))
        progress.emit(event(.taskStarted(.deploy, step: "monitoring", task: "task 1: Gathering Facts"), at: 2))
        progress.emit(event(.taskStarted(.deploy, step: "monitoring", task: "task 2: Install prometheus"), at: 4))
        pass(progress, 4...70)
        #expect(
            desk.lines == [
                "00:00  a  started", "00:01  a  deploy", "00:01  a  deploy: monitoring", "00:02  a  monitoring: task 1: Gathering Facts",
                "00:04  a  monitoring: task 2: Install prometheus",
                "00:34  a  monitoring: task 2: Install prometheus (30s so far)",
                "01:04  a  monitoring: task 2: Install prometheus (1m00s so far)",
            ])
    }

    @Test("A silent step says its newest line of output; a cell that has ended says nothing")
    func heartbeats() {
        let desk = Desk()
        let progress = desk.progress()
        progress.emit(event(.cellStarted, at: 0))
        progress.emit(event(.stepStarted(.deploy, step: "seed"), at: 0))
        progress.emit(event(.output(.deploy, step: "seed", host: nil, line: "seeding row 12"), at: 9))
        progress.emit(event(.output(.deploy, step: "seed", host: nil, line: " "), at: 10))
        pass(progress, 10...31)
        progress.emit(event(.cellFinished(.passed, message: nil), at: 40))
        pass(progress, 40...200)
        #expect(
            desk.lines == [
                "00:00  a  started", "00:00  a  deploy: seed", "00:30  a  deploy: seed (30s so far): seeding row 12", "00:40  a  ✓ passed",
            ])
    }

    @Test("The run says what it does if it takes long before, between or after its cells")
    func theRunItself() {
        let desk = Desk()
        let progress = desk.progress()
        func tell(_ kind: Event.Kind, at second: Double) { progress.emit(Event(time: Timestamp(seconds: second), kind)) }
        tell(.runStarted(matrix: "m", cells: ["a"], notSelected: 0), at: 0)
        tell(.waiting("asking what the cells need: podman, proxmox"), at: 0)
        tell(.waiting("asking what the cells need: proxmox"), at: 2)
        pass(progress, 2...70)
        progress.emit(event(.cellStarted, at: 71))
        progress.emit(event(.stepStarted(.deploy, step: "site"), at: 72))
        pass(progress, 72...103)
        progress.emit(event(.cellFinished(.passed, message: nil), at: 104))
        tell(.waiting("looking for leftovers on proxmox"), at: 105)
        pass(progress, 105...135)
        tell(.runFinished(exitStatus: .passed, reports: "r"), at: 136)
        pass(progress, 136...200)
        #expect(
            desk.lines == [
                "00:00  m: 1 cell", "00:30  asking what the cells need: proxmox (28s so far)",
                "01:00  asking what the cells need: proxmox (58s so far)", "01:11  a  started", "01:12  a  deploy: site",
                "01:42  a  deploy: site (30s so far)", "01:44  a  ✓ passed", "02:14  looking for leftovers on proxmox (29s so far)",
                "02:16  done, exit status 0; reports: r",
            ])
        let verbose = Desk()
        verbose.progress(isVerbose: true).emit(Event(time: Timestamp(seconds: 0), .waiting("asking what the cells need: podman")))
        #expect(verbose.lines == ["00:00  asking what the cells need: podman"])
    }
}
