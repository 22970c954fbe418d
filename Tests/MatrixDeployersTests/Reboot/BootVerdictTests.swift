import MatrixCore
import Testing

@testable import MatrixDeployers

/// Whether a host came back whole, from what it says of its units.
@Suite struct BootVerdictTests {
    private let before = BootState("state running\nrunning ssh.service\nrunning loki.service\n== status\n")

    @Test("what systemd says is read, and lines that it does not say are left alone")
    func reading() {
        let state = BootState(
            "state degraded\nnoise\nrunning a.service\nstopped loki.service disabled\nstopped b.service\nfailed c.service\nfailed\n"
                + "== status\n● c\n")
        #expect(state.state == "degraded" && state.failed == ["c.service"] && state.running == ["a.service"])
        #expect(state.stopped.map(\.unit) == ["loki.service", "b.service"])
        #expect(state.stopped.map(\.enablement) == ["disabled", "unknown"])
        #expect(state.report == "● c\n")
        #expect(BootState("").state.isEmpty)
    }

    @Test("a unit that failed at the boot is a failure, one that had failed before is not")
    func failedUnits() {
        let after = BootState("state degraded\nfailed loki.service\nfailed x.mount\n== status\n")
        #expect(BootVerdict(before: before, after: after, ignoring: []).problem == "failed at the boot: loki.service and 1 more: x.mount")
        #expect(BootVerdict(before: before, after: after, ignoring: ["*.mount", "loki.*"]).problem == nil)
        #expect(BootVerdict(before: after, after: after, ignoring: []).problem == nil)
        #expect(BootVerdict(before: before, after: after, ignoring: ["*.mount"]).problem == "failed at the boot: loki.service")
    }

    @Test("a boot that does not end is a failure, and so is maintenance")
    func unfinished() {
        #expect(
            BootVerdict(before: before, after: BootState("state starting\n"), ignoring: []).problem
                == "the boot did not end in time: the system is still starting")
        #expect(BootVerdict(before: before, after: BootState("state maintenance\n"), ignoring: []).problem?.contains("maintenance") == true)
        #expect(BootVerdict(before: before, after: BootState("state running\n"), ignoring: []).problem == nil)
    }

    @Test("a host without systemd is back, and nothing is said of its units")
    func withoutSystemd() {
        let verdict = BootVerdict(before: BootState(""), after: BootState(""), ignoring: [])
        #expect(verdict.problem == nil && verdict.observed.contains("no systemd") && verdict.note == nil)
    }

    @Test("a service that ran and is not enabled is noted, one that others start is not")
    func notEnabled() {
        let after = BootState("state running\nstopped loki.service disabled\nstopped fwupd.service static\n== status\n")
        let verdict = BootVerdict(before: before, after: after, ignoring: [])
        #expect(verdict.problem == nil)
        #expect(verdict.note == "ran before the reboot and does not run now, as it is not enabled: loki.service")
    }
}
