import MatrixCore
import MatrixRemote
import MatrixTesting
import Testing

@testable import MatrixPlatforms

struct PodmanCreationTests {
    private let image = HostImage(name: "localhost/solti-matrix/debian12:abc", id: "abc", base: "base")
    private let cell = Samples.cell(Samples.debian12)
    private let taken =
        "Error: creating container storage: the container name is already in use by a8697d89e345: that name is already in use"

    private func resources(_ platform: PodmanPlatform) -> [[Resource]] {
        platform.resources(for: cell, run: Samples.run, expires: Samples.expires)
    }

    private func create(_ podman: ScriptedTransport) async throws -> Resource {
        let platform = Samples.platform(podman)
        let creation = PodmanCreation(settings: platform.settings, podman: platform.podman, access: Samples.access)
        return try await creation.container(resources(platform)[1][0], of: cell, image: image, facts: try await platform.probe.facts())
    }

    private func answerInspect(_ podman: ScriptedTransport, _ answers: [CommandResult]) {
        let answers = Answers(answers)
        podman.answer { $0.arguments.contains("inspect") && $0.arguments.contains("container") ? answers.next() : nil }
    }

    @Test func needsANetworkThenItsHosts() {
        let stages = resources(Samples.platform(Samples.podman()))
        #expect(stages.map { $0.map(\.kind) } == [["network"], ["container"]])
        #expect(stages[1][0].name == "debian12-podman-\(Samples.run)")
        #expect(stages[1][0].details["network"] == stages[0][0].name)
        var shared = PodmanSettings()
        shared.network = "lan"
        #expect(resources(Samples.platform(Samples.podman(), settings: shared)).map { $0.map(\.kind) } == [["container"]])
    }

    @Test func givesTheKeyByStandardInputOnly() async throws {
        let podman = Samples.podman()
        podman.answer("podman create", output: "c0ffee\n")
        podman.answer("podman start")
        podman.answer("podman exec")
        answerInspect(podman, [.ok(Samples.container(labels: Samples.ours))])
        let made = try await create(podman)
        #expect(made.id == "c0ffee")
        #expect(made.details["port"] == "40001")
        let key = Samples.access.publicKey
        #expect(!podman.commands.contains { $0.display.contains(key) })
        #expect(podman.commands.contains { $0.input == Array("\(key)\n".utf8) })
        let creation = try #require(podman.commands.first { $0.arguments.contains("create") }).display
        for part in [
            "--network-alias debian12-podman", "--publish 127.0.0.1::22", "--ulimit nofile=20000:20000", "--label solti-matrix ",
            "--label solti-matrix-run-\(Samples.run)", "--label \(Resource.Tag.expires(Samples.expires))",
        ] { #expect(creation.contains(part), "\(part) in \(creation)") }
    }

    @Test func adoptsWhatALostReplyLeft() async throws {
        let podman = Samples.podman()
        podman.answer("podman create", output: "")
        podman.answer { command in
            guard command.arguments.contains("create") else { return nil }
            throw InfrastructureError("podman create", why: "its end was not seen")
        }
        podman.answer("podman start")
        podman.answer("podman exec")
        answerInspect(podman, [.ok(Samples.container(labels: Samples.ours))])
        #expect(try await create(podman).id == "c0ffee")
    }

    @Test(arguments: [["solti-matrix", "solti-matrix-run-another"], ["someone"]])
    func leavesSomeoneElsesContainerAlone(_ labels: [String]) async throws {
        let podman = Samples.podman()
        podman.answer("podman create", error: taken, exitStatus: 125)
        answerInspect(podman, [.ok(Samples.container(labels: labels))])
        let error = await #expect(throws: InfrastructureError.self) { _ = try await create(podman) }
        #expect(error?.type == "matrix.create.name-taken")
        #expect(error?.isTransient == false)
        #expect(!podman.commands.contains { $0.arguments.contains("start") || $0.arguments.contains("rm") })
    }

    @Test func makesItAgainIfItsPortWasTaken() async throws {
        let podman = Samples.podman()
        podman.answer("podman create", output: "c0ffee\n")
        podman.answer("podman rm")
        podman.answer("podman exec")
        let starts = Answers([.bad("Error: rootlessport listen tcp 127.0.0.1:40001: bind: address already in use"), .ok()])
        podman.answer { $0.arguments.contains("start") ? starts.next() : nil }
        answerInspect(podman, [.ok(Samples.container(labels: Samples.ours))])
        #expect(try await create(podman).id == "c0ffee")
        #expect(podman.commands.count { $0.arguments.contains("create") } == 2)
    }

    @Test func tellsTheLastLinesOfAContainerThatEnded() async throws {
        let podman = Samples.podman()
        podman.answer("podman create", output: "c0ffee\n")
        podman.answer("podman start")
        podman.answer(
            "podman exec", error: "Error: can only create exec sessions on running containers: container state improper", exitStatus: 255)
        podman.answer("podman logs", output: "Failed to mount cgroup\nExiting PID 1...\n")
        answerInspect(podman, [.ok(Samples.container(labels: Samples.ours, running: false, status: "exited", exitCode: 255))])
        let error = await #expect(throws: InfrastructureError.self) { _ = try await create(podman) }
        #expect(error?.type == "matrix.create.exited")
        #expect(error?.why == "it is exited with exit status 255")
        #expect(error?.command?.outputTail.contains("Exiting PID 1...") ?? false)
    }

    @Test func saysWhichSizesHaveNoEffect() async throws {
        let podman = Samples.podman()
        podman.answer("podman info", output: Samples.info(controllers: ["cpu"]))
        let facts = try await Samples.platform(podman).probe.facts()
        let size = ContainerSize(HostSize(cores: 2, memory: 1 << 30, disk: 1 << 30), facts: facts)
        #expect(size.options == ["--cpus", "2"])
        #expect(size.ignored == ["memory", "disk"])
    }
}
