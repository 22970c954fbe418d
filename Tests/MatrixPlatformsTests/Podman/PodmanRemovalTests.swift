import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixPlatforms

struct PodmanRemovalTests {
    private let host = Resource(
        platform: "podman", kind: "container", name: "debian12-podman-\(Samples.run)", id: "c0ffee", run: Samples.run,
        cell: "debian12-podman",
        host: "debian12-podman")

    /// What is still there, by whether it was removed.
    private func answerListing(_ podman: ScriptedTransport, _ isThere: MutexBox<Bool>) {
        podman.answer { command in
            guard command.arguments.contains("ps") else { return nil }
            return .ok(isThere.current ? Samples.listed(host.name) : "[]")
        }
    }

    @Test func triesAgainIfARemovalFailsTwice() async throws {
        let podman = Samples.podman()
        let isThere = MutexBox(true)
        answerListing(podman, isThere)
        let removals = Answers([
            .bad("Error: container state improper", status: 2), .bad("Error: container state improper", status: 2), .ok(),
        ])
        podman.answer { command in
            guard command.arguments.contains("rm") else { return nil }
            let result = removals.next()
            if result?.succeeded ?? false { isThere.with { $0 = false } }
            return result
        }
        try await Samples.platform(podman).destroy(host)
        #expect(podman.commands.count { $0.arguments.contains("rm") } == 3)
    }

    @Test func doesNotTakePodmansWordForIt() async throws {
        let podman = Samples.podman()
        answerListing(podman, MutexBox(true))
        podman.answer("podman rm")
        let removal = PodmanRemoval(
            podman: Podman(runner: podman), platform: "podman", run: Samples.run,
            listings: PodmanListings(Podman(runner: podman), run: Samples.run), backoff: Backoff(first: .zero, most: .zero))
        let error = await #expect(throws: InfrastructureError.self) { try await removal.remove(host) }
        #expect(error?.why == "podman reported success, but it still exists")
        #expect(error?.next == "podman rm --force --volumes \(host.name)")
    }

    @Test func anotherNameDoesNotMakeItGone() async throws {
        let podman = Samples.podman()
        podman.answer("podman ps", output: Samples.listed("a b", id: host.id))
        podman.answer("podman rm")
        let removal = PodmanRemoval(
            podman: Podman(runner: podman), platform: "podman", run: Samples.run,
            listings: PodmanListings(Podman(runner: podman), run: Samples.run), backoff: Backoff(first: .zero, most: .zero))
        await #expect(throws: InfrastructureError.self) { try await removal.remove(host) }
    }

    @Test("A removal is one command and one look; with the network's they are also the answer to the sweep")
    func counts() async throws {
        let podman = Samples.podman()
        podman.answer("podman rm")
        podman.answer("podman ps", output: "[]")
        podman.answer("network rm")
        podman.answer("network ls", output: "[]")
        // However slow the machine is, the answers still count at the end.
        let listings = PodmanListings(Podman(runner: podman), run: Samples.run, patience: .seconds(24 * 3600))
        let removal = PodmanRemoval(podman: Podman(runner: podman), platform: "podman", run: Samples.run, listings: listings)
        var network = host
        (network.kind, network.id) = ("network", host.name)
        try await removal.remove(host)
        try await removal.remove(network)
        #expect(try await removal.found(of: Samples.run).isEmpty)
        #expect(
            podman.commands.map { $0.arguments.filter { ["ps", "rm", "network", "ls"].contains($0) } }
                == [["rm"], ["ps"], ["network", "rm"], ["network", "ls"]])
        #expect(podman.commands[0].arguments.last == "c0ffee", "by id: a name may be somebody else's")
    }

    @Test("After a removal whose end was not seen Podman is asked again")
    func distrust() async throws {
        let podman = Samples.podman()
        podman.answer("podman ps", output: "[]")
        podman.answer("network ls", output: "[]")
        podman.answer { command in
            guard command.arguments.contains("rm") else { return nil }
            throw InfrastructureError("podman rm", why: "its end was not seen")
        }
        let platform = Samples.platform(podman)
        try await platform.destroy(host)
        for _ in 1...2 { #expect(try await platform.remaining(of: Samples.run).isEmpty) }
        #expect(podman.commands.count { $0.arguments.contains("ps") } == 3)
    }

    @Test("Many removals at once share their looks, and none takes one that began before its own end")
    func shared() async throws {
        let podman = Samples.podman()
        let gone = MutexBox<Set<String>>([])
        podman.answer { command in
            if command.arguments.contains("rm") {
                gone.with { _ = $0.insert(command.arguments.last ?? "") }
                return .ok()
            }
            guard command.arguments.contains("ps") else { return nil }
            let left = (1...9).map { "c\($0)" }.filter { !gone.current.contains($0) }
            return .ok("[\(left.map { Samples.listed("\($0)-\(Samples.run)", id: $0).dropFirst().dropLast() }.joined(separator: ", "))]")
        }
        let platform = Samples.platform(podman)
        let results = await mapConcurrently(Array(1...9), limit: 9) { number -> Bool in
            var one = host
            (one.id, one.name) = ("c\(number)", "c\(number)-\(Samples.run)")
            return (try? await platform.destroy(one)) != nil
        }
        #expect(results.allSatisfy { $0 } && podman.commands.count { $0.arguments.contains("rm") } == 9)
    }

    @Test func takesGoneForSuccess() async throws {
        let podman = Samples.podman()
        podman.answer("podman ps", output: "[]")
        podman.answer("podman rm", error: "Error: no container with name or ID \"c0ffee\" found: no such container", exitStatus: 1)
        try await Samples.platform(podman).destroy(host)
        var unknown = host
        unknown.id = ""
        try await Samples.platform(podman).destroy(unknown)
        #expect(podman.commands.count { $0.arguments.contains("rm") } == 1, "what may never have been made is looked up first")
    }

    @Test func neverTouchesWhatIsNotThisRuns() async throws {
        let podman = Samples.podman()
        podman.answer("podman ps", output: Samples.listed(host.name, labels: ["solti-matrix", "solti-matrix-run-another"]))
        var unknown = host
        unknown.id = ""
        try await Samples.platform(podman).destroy(unknown)
        #expect(!podman.commands.contains { $0.arguments.contains("rm") })
    }

    @Test func removesTheStorageThatAKilledCreateLeft() async throws {
        let podman = Samples.podman()
        let listings = Answers([
            .ok("[{\"Id\": \"1\", \"Names\": [\"\(host.name)\"], \"State\": \"storage\", \"Labels\": null}]"), .ok("[]"),
        ])
        podman.answer { $0.arguments.contains("ps") ? listings.next() : nil }
        podman.answer("podman rm")
        var unknown = host
        unknown.id = ""
        try await Samples.platform(podman).destroy(unknown)
        #expect(podman.commands.count { $0.arguments.contains("rm") } == 1)
    }

    @Test func rebuildsResourcesFromTheirLabels() async throws {
        let podman = Samples.podman()
        let labels = PodmanLabels.options(for: host).filter { $0 != "--label" }
        let members = labels.map { label in
            let parts = label.split(separator: "=").map(String.init)
            return "\"\(parts[0])\": \"\(parts.count > 1 ? parts[1] : "")\""
        }
        let builder = "solti-matrix-build-debian12-0123456789ab-\(Samples.run)"
        let half = "{\"Id\": \"4\", \"Names\": [\"half-\(Samples.run)\"], \"State\": \"storage\", \"Labels\": null}"
        // Podman's filters do not hold for what exists only as storage.
        let foreign = "{\"Id\": \"5\", \"Names\": [\"somebody-elses\"], \"State\": \"storage\", \"Labels\": null}"
        let build = "{\"Id\": \"2\", \"Names\": [\"\(builder)\"], \"State\": \"exited\", \"Labels\": null, \"Created\": 1795000000}"
        let ours =
            "{\"Id\": \"c0ffee\", \"Names\": [\"\(host.name)\"], \"State\": \"running\", \"Labels\": {\(members.joined(separator: ", "))}}"
        podman.answer("name=-\(Samples.run)$", output: "[\(half), \(foreign), \(ours), \(build)]")
        podman.answer("name=^solti-matrix-build-", output: "[\(build)]")
        podman.answer("label=solti-matrix --format", output: "[\(ours)]")
        podman.answer(
            "network ls",
            output:
                "[{\"name\": \"half-\(Samples.run)\", \"id\": \"8\", \"labels\": {\"solti-matrix\": \"\", "
                + "\"solti-matrix-run-\(Samples.run)\": \"\"}}, {\"name\": \"n-other\", \"id\": \"9\", \"labels\": {\"solti-matrix\": "
                + "\"\", \"solti-matrix-run-other\": \"\", \"solti-matrix-cell\": \"c\"}}]"
        )
        let platform = Samples.platform(podman)
        #expect(try await platform.owned().map(\.name) == [host.name, builder, "half-\(Samples.run)", "n-other"])
        let remaining = try await platform.remaining(of: Samples.run)
        #expect(remaining.map(\.name) == ["half-\(Samples.run)", host.name, builder, "half-\(Samples.run)"])
        #expect(remaining.contains(host))
    }

    @Test(arguments: [
        "oops", "{}", #"[{"Id": "c0ffee", "Names": ["a\nb"], "Labels": {"solti-matrix": "", "solti-matrix-run-261123-050122-k3f9": ""}}]"#,
    ])
    func aListThatCannotBeReadIsNotAnEmptyOne(_ output: String) async throws {
        let podman = Samples.podman()
        podman.answer("podman ps", output: output)
        podman.answer("network ls", output: "[]")
        await #expect(throws: InfrastructureError.self) { try await Samples.platform(podman).remaining(of: Samples.run) }
    }
}
