import MatrixTesting
import Synchronization
import Testing

@testable import MatrixCore
@testable import MatrixEngine

/// A person who decides what becomes of a cell that has failed.
@Suite struct FailureStopTests {
    /// Answers in turn; then tears down.
    private final class Person: FailureStop {
        private let answers: Mutex<[FailureChoice]>
        private let asked = Mutex<[String]>([])

        init(_ answers: FailureChoice...) { self.answers = Mutex(answers) }

        /// What it was asked about.
        var failures: [String] { asked.withLock(\.self) }

        func choice(after failure: StoppedCell) async -> FailureChoice {
            asked.withLock { $0.append("\(failure.cell): \(failure.failure.name) on \(failure.host.name)") }
            return answers.withLock { $0.isEmpty ? .tearDown : $0.removeFirst() }
        }
    }

    /// Runs a cell whose step `one` fails as often as said, and whose check fails once.
    private func run(_ person: Person, failures: Int = 1, checkFails: Bool = false, keep: Keep = .never) async -> (RunResult, Fixture) {
        let left = Mutex(failures)
        let isBad = Mutex(checkFails)
        var fixture = Fixture()
        fixture.deployers = [
            ScriptedDeployer { step, _ in
                let fails =
                    step.name == "one"
                    && left.withLock { count in
                        count -= 1
                        return count >= 0
                    }
                return [ScriptedDeployer.result(step, fails ? .failed : .passed, "no")]
            }
        ]
        fixture.checker = ScriptedChecker { _, _ in
            isBad.withLock { bad in
                defer { bad = false }
                return bad ? .failed : .passed
            }
        }
        fixture.stop = person
        fixture.keep = keep
        let cell = Fixture.cell(deploy: [Fixture.step("one"), Fixture.step("two")])
        return (await fixture.run(Fixture.plan([cell])), fixture)
    }

    @Test func againRunsTheStepAndItsNewVerdictCounts() async {
        let person = Person(.again, .again)
        let (result, fixture) = await run(person, failures: 2)
        #expect(person.failures == ["debian12-scripted: one on debian12-scripted", "debian12-scripted: one on debian12-scripted"])
        #expect(result.lines().filter { $0.hasPrefix("deploy/") } == ["deploy/one/one: passed", "deploy/two/two: passed"])
        #expect(result.exitStatus == .passed && fixture.platform.there.isEmpty)
    }

    @Test func goOnKeepsTheFailureAndRunsTheRest() async {
        let (result, _) = await run(Person(.goOn))
        #expect(["one", "two", "service x"].map { result.find($0)?.outcome } == [.failed, .passed, .passed])
        #expect(result.exitStatus == .failed)
    }

    @Test func skipLeavesOutTheRestOfThePhase() async {
        let (result, _) = await run(Person(.skip))
        #expect(result.find("two")?.message == "skipped by hand" && result.find("service x")?.outcome == .passed)
        #expect(result.exitStatus == .failed)
    }

    @Test func keepAndTearDownDecideAgainstTheOption() async {
        let (kept, fixture) = await run(Person(.keep))
        #expect(!kept.kept.isEmpty && !fixture.platform.there.isEmpty && kept.find("two")?.outcome == .skipped)
        let (gone, other) = await run(Person(.tearDown), keep: .always)
        #expect(gone.kept.isEmpty && other.platform.there.isEmpty && gone.exitStatus == .failed)
    }

    @Test func aCheckIsAskedAgain() async {
        let person = Person(.again)
        let (result, _) = await run(person, failures: 0, checkFails: true)
        #expect(person.failures == ["debian12-scripted: service x on debian12-scripted"])
        #expect(result.find("service x")?.outcome == .passed && result.exitStatus == .passed)
        #expect(result.cells[0].cases.count { $0.name == "service x" } == 1)
    }

    /// Its step runs again with it; what stood before the step stays.
    @Test func aCheckBetweenStepsIsAskedAgainWithItsStep() async {
        let asked = Mutex(0)
        var fixture = Fixture()
        fixture.deployers = [ScriptedDeployer { step, _ in [ScriptedDeployer.result(step, .passed, "")] }]
        fixture.checker = ScriptedChecker { _, _ in
            asked.withLock { count in
                count += 1
                return count == 1 ? .failed : .passed
            }
        }
        let person = Person(.again)
        fixture.stop = person
        var between = Fixture.step("between", kind: "service")
        between.after = "two"
        let steps = ["one", "two", "three"].map { Fixture.step($0) }
        let cell = Fixture.cell(deploy: steps, verify: [between, Fixture.step("end", kind: "service")])
        let result = await fixture.run(Fixture.plan([cell]))
        #expect(person.failures == ["debian12-scripted: between on debian12-scripted"])
        let names = result.cells[0].cases.filter { [.deploy, .verify].contains($0.phase) }.map(\.name)
        #expect(names == ["one", "two", "between", "three", "end"])
        #expect(result.exitStatus == .passed)
    }

    @Test func aCellThatPassesIsNotStopped() async {
        let person = Person(.keep)
        let (result, _) = await run(person, failures: 0)
        #expect(person.failures.isEmpty && result.exitStatus == .passed)
    }
}
