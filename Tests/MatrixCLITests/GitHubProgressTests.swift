import MatrixCore
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
}
