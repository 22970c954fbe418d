import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixPlatforms

struct PodmanReadinessTests {
    private let cell = Samples.cell(Samples.debian12)

    private func ready(_ podman: ScriptedTransport, waiting: @escaping @Sendable (String) -> Void = { _ in }) async throws -> Endpoint {
        let platform = Samples.platform(podman)
        var host = platform.resources(for: cell, run: Samples.run, expires: nil)[1][0]
        host.id = "c0ffee"
        return try await platform.ready(host, for: cell, waiting: waiting)
    }

    @Test func waitsForSystemdThenForSSH() async throws {
        let podman = Samples.podman()
        podman.answer("container inspect", output: Samples.container(labels: Samples.ours))
        let answers = Answers([
            .ok("system starting\nssh inactive\nfailed \n"), .ok("system degraded\nssh inactive\nfailed \n"),
            .ok("system degraded\nssh active\nfailed bad.service \nkey ssh-ed25519 AAAA\nkey ssh-rsa BBBB\n"),
        ])
        podman.answer { $0.arguments.contains("exec") ? answers.next() : nil }
        let reasons = MutexBox<[String]>([])
        let endpoint = try await ready(podman) { reason in reasons.with { $0.append(reason) } }
        #expect(reasons.current == ["waiting for systemd: starting", "waiting for sshd", "systemd is degraded: bad.service failed"])
        #expect(
            endpoint
                == Endpoint(
                    address: "127.0.0.1", port: 40001, user: "root", keyFile: "/nowhere/id_ed25519", knownHostsFile: "/nowhere/known_hosts",
                    alias: "debian12-podman-\(Samples.run)", hostKeys: ["ssh-ed25519 AAAA", "ssh-rsa BBBB"], internalAddress: "10.89.0.5"))
    }

    @Test func asksAgainIfAnAnswerTookTooLong() async throws {
        let podman = Samples.podman()
        podman.answer("container inspect", output: Samples.container(labels: Samples.ours))
        let asked = MutexBox(0)
        podman.answer { command in
            guard command.arguments.contains("exec") else { return nil }
            let count = asked.with { asked in
                asked += 1
                return asked
            }
            if count == 1 { throw InfrastructureError("podman exec", why: "not done after 30s") }
            return .ok("system running\nssh active\nkey ssh-ed25519 AAAA\n")
        }
        let reasons = MutexBox<[String]>([])
        _ = try await ready(podman) { reason in reasons.with { $0.append(reason) } }
        #expect(reasons.current == ["waiting for systemd: unreachable: not done after 30s"])
    }

    @Test func givesUpAtOnceOnAContainerThatEnded() async throws {
        let podman = Samples.podman()
        podman.answer("container inspect", output: Samples.container(labels: Samples.ours, running: false, status: "exited", exitCode: 1))
        podman.answer("podman exec", error: "Error: can only create exec sessions on running containers", exitStatus: 255)
        podman.answer("podman logs", error: "Exiting PID 1...\n")
        let error = await #expect(throws: InfrastructureError.self) { _ = try await ready(podman) }
        #expect(error?.what == "container debian12-podman-\(Samples.run) exited while it booted")
        #expect(error?.command?.outputTail == "Exiting PID 1...\n")
    }

    @Test func saysThatAnotherProcessHasNoKeys() async throws {
        let context = PlatformContext(state: "/nowhere", access: nil, runner: Samples.podman(), redactor: Redactor())
        let platform = PodmanPlatform(name: "podman", settings: PodmanSettings(), context: context, machine: Samples.machine())
        let host = platform.resources(for: cell, run: Samples.run, expires: nil)[1][0]
        await #expect(throws: InfrastructureError.self) { _ = try await platform.ready(host, for: cell) { _ in } }
    }
}
