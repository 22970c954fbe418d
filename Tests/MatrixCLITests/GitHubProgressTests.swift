import MatrixCore
import Synchronization
import Testing

@testable import MatrixCLI

@Suite struct GitHubProgressTests {
    private func result(_ outcome: Outcome, message: String, detail: String? = nil) -> CaseResult {
        CaseResult(
            phase: .verify, step: "verify", name: "http: health, 100%", outcome: outcome, started: Timestamp(seconds: 0), seconds: 1,
            message: message, detail: detail, location: SourceLocation(file: "matrices/a,b.yml", line: 41, column: 5))
    }

    @Test func anAnnotationIsEscapedAsTheRunnerReadsIt() {
        let line = GitHubProgress.annotation(
            result(.failed, message: "expected 200", detail: "observed 50%\nsee it"), cell: "rocky9-podman")
        #expect(
            line
                == "::error file=matrices/a%2Cb.yml,line=41,col=5,title=rocky9-podman%3A http%3A health%2C "
                + "100%25::expected 200%0Aobserved 50%25%0Asee it"
        )
    }

    @Test(arguments: [Outcome.passed, .skipped, .interrupted]) func onlyProblemsAreAnnotated(outcome: Outcome) {
        #expect(GitHubProgress.annotation(result(outcome, message: "x"), cell: "c") == nil)
    }

    @Test func whatIsLeftBehindAndWarningsAreMarkedToo() {
        let resource = Resource(platform: "podman", kind: "container", name: "c-1", run: RunID("r"), cell: "c")
        let leak = Event(cell: "c", .resourceLeaked(Leak(resource: resource, why: "100% busy", command: "matrix reap --run r --yes")))
        #expect(
            GitHubProgress.annotation(leak)
                == "::error title=left behind on podman::container c-1 (id unknown) on podman: 100%25 busy%0Aremove it: "
                + "matrix reap --run r --yes"
        )
        #expect(GitHubProgress.annotation(Event(cell: "c", .warning("no cgroups"))) == "::warning title=c::no cgroups")
        #expect(GitHubProgress.annotation(Event(cell: "c", .cellStarted)) == nil)
    }

    @Test("What happens is printed at once, outside of groups; a cell's group comes with its end, in one piece")
    func liveLinesAndGroups() {
        let said = Mutex<[String]>([])
        let progress = GitHubProgress(isVerbose: true, started: Timestamp(seconds: 0)) { line in said.withLock { $0.append(line) } }
        func emit(_ kind: Event.Kind, _ second: Double, _ cell: String = "a") {
            progress.emit(Event(time: Timestamp(seconds: second), cell: cell, kind))
        }
        emit(.cellStarted, 0)
        emit(.cellStarted, 1, "b")
        emit(.taskStarted(.deploy, step: "site", task: "task 1: Install nginx"), 2)
        emit(.output(.deploy, step: "site", host: nil, line: "ok: [a]"), 3)
        progress.tick(at: Timestamp(seconds: 33))
        var bad = result(.failed, message: "no", detail: "expected: 200\n  ::error::forged")
        bad.location = nil
        emit(.caseFinished(bad), 40)
        emit(.cellFinished(.failed, message: nil), 41)
        #expect(
            said.withLock { $0 } == [
                "00:00  a  started", "00:01  b  started", "00:02  a  site: task 1: Install nginx",
                "00:33  a  site: task 1: Install nginx (31s so far): ok: [a]", "00:33  b  at work (32s so far)",
                "::error title=a%3A http%3A health%2C 100%25::no%0Aexpected: 200%0A  ::error::forged",
                "00:40  a  ✗ verify: http: health, 100%: no", "00:41  a  ✗ failed",
                """
                ::group::a: ✗ failed
                00:00  started
                00:02  site: task 1: Install nginx
                00:03  site: ok: [a]
                00:40  ✗ verify: http: health, 100%: no
                           expected: 200
                |              ::error::forged
                00:41  ✗ failed
                ::endgroup::
                """,
            ])
    }

    /// The runner trims white space before `::`, and looks for `##[` in the whole line.
    @Test(arguments: [
        ("::add-mask::x", "| ::add-mask::x"), ("   ::error::x", "|    ::error::x"),
        ("a\n\t::stop-commands::t", "a\n| \t::stop-commands::t"),
        ("x ##[error]y", "x ## [error]y"), ("Foo::bar()", "Foo::bar()"), ("plain", "plain"),
    ])
    func outputIsNoCommand(text: String, shown: String) {
        #expect(WorkflowCommand.harmless(text) == shown)
    }
}
