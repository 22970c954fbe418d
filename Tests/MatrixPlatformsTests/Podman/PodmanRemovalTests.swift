import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixPlatforms

struct PodmanRemovalTests {
    private let host = Resource(
        platform: "podman", kind: "container", name: "debian12-podman-\(Samples.run)", id: "c0ffee", run: Samples.run,
        cell: "debian12-podman",
        host: "debian12-podman")

    @Test func triesAgainIfARemovalFailsTwice() async throws {
        let podman = Samples.podman()
        let isThere = MutexBox(true)
        podman.answer { command in
            guard command.arguments.contains("inspect") else { return nil }
            return isThere.current ? .ok(Samples.container(labels: Samples.ours)) : .bad("Error: inspecting object: no such container x")
        }
        let removals = Answers([
            .bad("Error: container state improper", status: 2), .bad("Error: container state improper", status: 2), .ok(),
        ])
        podman.answer { command in
            guard command.arguments.contains("rm") else { return nil }
            let result = removals.next()
            if result?.succeeded ?? false { isThere.with { $0 = false } }
            return result
        }
        podman.answer("podman ps", output: "[]")
        try await Samples.platform(podman).destroy(host)
        #expect(podman.commands.count { $0.arguments.contains("rm") } == 3)
    }

    @Test func doesNotTakePodmansWordForIt() async throws {
        let podman = Samples.podman()
        podman.answer("container inspect", output: Samples.container(labels: Samples.ours))
        podman.answer("podman rm")
        let removal = PodmanRemoval(podman: Podman(runner: podman), platform: "podman", backoff: Backoff(first: .zero, most: .zero))
        let error = await #expect(throws: InfrastructureError.self) { try await removal.remove(host) }
        #expect(error?.why == "podman reported success, but it still exists")
        #expect(error?.next == "podman rm --force --volumes \(host.name)")
    }

    @Test func takesGoneForSuccess() async throws {
        let podman = Samples.podman()
        podman.answer("podman ps", output: "[]")
        try await Samples.platform(podman).destroy(host)
        #expect(!podman.commands.contains { $0.arguments.contains("rm") })
    }

    @Test func neverTouchesWhatIsNotThisRuns() async throws {
        let podman = Samples.podman()
        podman.answer("container inspect", output: Samples.container(labels: ["solti-matrix", "solti-matrix-run-another"]))
        try await Samples.platform(podman).destroy(host)
        #expect(!podman.commands.contains { $0.arguments.contains("rm") })
    }

    @Test func removesTheStorageThatAKilledCreateLeft() async throws {
        let podman = Samples.podman()
        let listings = Answers([
            .ok("[{\"Id\": \"1\", \"Names\": [\"\(host.name)\"], \"State\": \"storage\", \"Labels\": null}]"), .ok("[]"),
        ])
        podman.answer { $0.arguments.contains("ps") ? listings.next() : nil }
        podman.answer("podman rm")
        try await Samples.platform(podman).destroy(host)
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
        podman.answer(
            "name=-\(Samples.run)$",
            output: "[{\"Id\": \"4\", \"Names\": [\"half-\(Samples.run)\"], \"State\": \"storage\", \"Labels\": null}]")
        podman.answer(
            "name=^solti-matrix-build-",
            output: "[{\"Id\": \"2\", \"Names\": [\"\(builder)\"], \"State\": \"exited\", \"Labels\": null, \"Created\": 1795000000}]")
        podman.answer(
            "label=solti-matrix --format",
            output:
                "[{\"Id\": \"c0ffee\", \"Names\": [\"\(host.name)\"], \"State\": \"running\", \"Labels\": "
                + "{\(members.joined(separator: ", "))}}]"
        )
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
