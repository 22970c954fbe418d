import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixPlatforms

/// What Podman shows of a container that did not become a host.
@Suite struct PodmanEvidenceTests {
    private static let resource = Resource(
        platform: "podman", kind: "container", name: "a-r", id: "c0ffee", run: Samples.run, cell: "a", host: "a")

    @Test func sshdAndTheJournalAndTheOutputAndTheState() async {
        let runner = ScriptedTransport()
        runner.answer("systemctl is-system-running", output: "system: running\nActive: failed (Result: exit-code)\nsshd: no hostkeys")
        runner.answer("--lines=300", output: "journal")
        runner.answer("podman logs", output: "", error: "Welcome to Debian")
        runner.answer("container inspect", output: #"[{"Id": "c0ffee", "State": {"Status": "running", "Running": true, "ExitCode": 0}}]"#)
        let shown = await PodmanEvidence(podman: Podman(runner: runner)).all(of: Self.resource)
        #expect(shown.map(\.name) == ["sshd", "journal", "console", "state"])
        #expect(shown[0].text.hasSuffix("sshd: no hostkeys") && shown[0].advice?.contains("sshd does not run in this image") == true)
        #expect(shown[2].text == "Welcome to Debian" && shown[2].command == "podman logs a-r")
        #expect(shown[3].text.contains("Status: running"))
    }

    /// Podman answers `exec` with its own complaint, which is no journal.
    @Test func aContainerThatDoesNotRunHasOnlyItsOutputAndState() async {
        let runner = ScriptedTransport()
        runner.answer("podman exec", error: "container state improper", exitStatus: 255)
        runner.answer("podman logs", output: "Failed to create inotify object")
        runner.answer("container inspect", output: #"[{"Id": "c0ffee", "State": {"Status": "exited", "ExitCode": 255}}]"#)
        let shown = await PodmanEvidence(podman: Podman(runner: runner)).all(of: Self.resource)
        #expect(shown.map(\.name) == ["console", "state"])
    }

    @Test func nothingIsShownIfPodmanDoesNotAnswer() async {
        #expect(await PodmanEvidence(podman: Podman(runner: ScriptedTransport())).all(of: Self.resource).isEmpty)
    }

    @Test(arguments: [
        ("system: running\nActive: failed", "sshd does not run in this image"),
        (
            "system: starting\njob: 77 network-wait.service start running\njob: 78 ssh.service start waiting",
            "2 jobs to do (network-wait.service is one)"
        ),
        ("system: running\n     Active: active (running) since", nil), ("system: starting\njob: No jobs running.", nil), ("", nil),
    ])
    func theAdviceFollowsTheState(text: String, part: String?) {
        let advice = PodmanEvidence.advice(text, "a-r")
        #expect(part.map { advice?.contains($0) == true } ?? (advice == nil), "\(advice ?? "none")")
    }

    @Test(arguments: [
        ("E: Failed to fetch http://deb.debian.org/x  Could not connect", "package mirror: podman run --rm abc apt update"),
        ("Failed to enable unit, unit sshd.service does not exist.", "has no unit sshd.service"),
        ("mkdir: no space left", "try it in the image"),
    ])
    func theAdviceOnABuildFollowsItsOutput(output: String, part: String) {
        let advice = ImageBuilder.advice(on: output, .apt, base: "abc")
        #expect(advice.contains(part), "\(advice)")
    }
}
