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
        let listings = PodmanListings(platform.podman, run: Samples.run)
        let creation = PodmanCreation(settings: platform.settings, podman: platform.podman, access: Samples.access, listings: listings)
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

    @Test("A host is one command; Podman says its id, and the port is known before")
    func oneCommand() async throws {
        let podman = Samples.podman()
        podman.answer("podman run", output: "a warning\nc0ffee\n")
        let made = try await create(podman)
        #expect(made.id == "c0ffee")
        let port = try #require(made.details["port"])
        let creation = try #require(podman.commands.first { $0.arguments.contains("run") }).display
        for part in [
            "--detach", "--network-alias debian12-podman", "--publish 127.0.0.1:\(port):22", "--ulimit nofile=20000:20000",
            "--label solti-matrix ", "--label solti-matrix-run-\(Samples.run)", "--label \(Resource.Tag.expires(Samples.expires))",
        ] { #expect(creation.contains(part), "\(part) in \(creation)") }
        let own = podman.commands.filter { $0.arguments.first == "podman" }
        #expect(own.map { $0.arguments[1] } == ["info", "run"])
    }

    @Test("A network is one command")
    func network() async throws {
        let podman = Samples.podman()
        podman.answer("network create", output: "debian12-podman\n")
        let platform = Samples.platform(podman)
        let network = resources(platform)[0][0]
        #expect(try await platform.create(network, for: cell).id == network.name)
        #expect(podman.commands.count == 1)
    }

    @Test func adoptsWhatALostReplyLeft() async throws {
        let podman = Samples.podman()
        podman.answer { command in
            guard command.arguments.contains("run") else { return nil }
            throw InfrastructureError("podman run", why: "its end was not seen")
        }
        answerInspect(podman, [.ok(Samples.container(labels: Samples.ours))])
        let made = try await create(podman)
        #expect(made.id == "c0ffee" && made.details["port"] == "40001")
    }

    @Test(arguments: [["solti-matrix", "solti-matrix-run-another"], ["someone"]])
    func leavesSomeoneElsesContainerAlone(_ labels: [String]) async throws {
        let podman = Samples.podman()
        podman.answer("podman run", error: taken, exitStatus: 125)
        answerInspect(podman, [.ok(Samples.container(labels: labels))])
        let error = await #expect(throws: InfrastructureError.self) { _ = try await create(podman) }
        #expect(error?.type == "matrix.create.name-taken")
        #expect(error?.isTransient == false)
        #expect(!podman.commands.contains { $0.arguments.contains("rm") })
    }

    @Test func makesItAgainIfItsPortWasTaken() async throws {
        let podman = Samples.podman()
        podman.answer("podman rm")
        let starts = Answers([.bad("Error: rootlessport listen tcp 127.0.0.1:40001: bind: address already in use"), .ok("c0ffee2\n")])
        podman.answer { $0.arguments.contains("run") ? starts.next() : nil }
        answerInspect(podman, [.ok(Samples.container(labels: Samples.ours, running: false, status: "created"))])
        #expect(try await create(podman).id == "c0ffee2")
        let runs = podman.commands.filter { $0.arguments.contains("run") }
        let ports = runs.map { $0.arguments.first { $0.hasPrefix("127.0.0.1:") } ?? "" }
        #expect(ports.count == 2 && Set(ports).count == 2, "another port: \(ports)")
        #expect(podman.commands.contains { $0.arguments.suffix(2) == ["--volumes", "c0ffee"] })
    }

    @Test("What cannot start is no host: it is removed, and the error is Podman's")
    func startsThatFail() async throws {
        let podman = Samples.podman()
        podman.answer("podman rm")
        podman.answer("podman run", output: "c0ffee\n", error: "Error: crun: unknown version specified", exitStatus: 126)
        answerInspect(podman, [.ok(Samples.container(labels: Samples.ours, running: false, status: "created"))])
        let error = await #expect(throws: InfrastructureError.self) { _ = try await create(podman) }
        #expect(error?.why == "crun: unknown version specified" && error?.isTransient == false)
        #expect(podman.commands.contains { $0.arguments.contains("rm") })
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
