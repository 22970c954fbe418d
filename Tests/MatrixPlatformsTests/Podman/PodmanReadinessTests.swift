import MatrixCore
import MatrixRemote
import MatrixTesting
import Testing

@testable import MatrixPlatforms

struct PodmanReadinessTests {
    private let cell = Samples.cell(Samples.debian12)

    private func ready(_ podman: ScriptedTransport, port: Int? = nil, waiting: @escaping @Sendable (String) -> Void = { _ in })
        async throws -> Endpoint
    {
        let platform = Samples.platform(podman)
        var host = platform.resources(for: cell, run: Samples.run, expires: nil)[1][0]
        host.id = "c0ffee"
        host.details["port"] = port.map(String.init)
        return try await platform.ready(host, for: cell, waiting: waiting)
    }

    @Test("One command lets the key in and waits in the container; each reason is told once")
    func waitsForSystemdThenForSSH() async throws {
        let podman = Samples.podman()
        podman.answer(
            "podman exec",
            output: "system starting\nssh \nsystem degraded\nssh inactive\nsystem degraded\nssh active\nfailed bad.service \n"
                + "address fd00::5 10.89.0.5 172.17.0.1\nkey ssh-ed25519 AAAA\nkey ecdsa-sha2-nistp256 BBBB\n")
        let reasons = MutexBox<[String]>([])
        let endpoint = try await ready(podman, port: 40001) { reason in reasons.with { $0.append(reason) } }
        #expect(reasons.current == ["waiting for systemd: starting", "waiting for sshd", "systemd is degraded: bad.service failed"])
        #expect(
            endpoint
                == Endpoint(
                    address: "127.0.0.1", port: 40001, user: "root", keyFile: "/nowhere/id_ed25519", knownHostsFile: "/nowhere/known_hosts",
                    alias: "debian12-podman-\(Samples.run)", hostKeys: ["ssh-ed25519 AAAA", "ecdsa-sha2-nistp256 BBBB"],
                    internalAddress: "10.89.0.5"))
        let key = Samples.access.publicKey
        #expect(podman.commands.count == 1 && !podman.commands.contains { $0.display.contains(key) })
        #expect(String(decoding: podman.commands[0].input ?? [], as: UTF8.self).contains("key='\(key)'"))
    }

    @Test("A host that waits longer than one command is asked again, and one without a known port is inspected")
    func waitsLonger() async throws {
        let podman = Samples.podman()
        podman.answer("container inspect", output: Samples.container(labels: Samples.ours))
        let answers = Answers([.ok("system starting\nssh \n"), .ok("system running\nssh active\nkey ssh-ed25519 AAAA\n")])
        podman.answer { $0.arguments.contains("exec") ? answers.next() : nil }
        let reasons = MutexBox<[String]>([])
        let endpoint = try await ready(podman) { reason in reasons.with { $0.append(reason) } }
        #expect(reasons.current == ["waiting for systemd: starting"])
        #expect(endpoint.port == 40001 && endpoint.internalAddress == "10.89.0.5")
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
