import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixPlatforms

struct PodmanPreflightTests {
    private let silence =
        "Error: pinging container registry registry.invalid: Get \"https://registry.invalid/v2/\": dial tcp: "
        + "lookup registry.invalid: no such host"

    @Test func findsNothingIfImagesAreHere() async {
        let podman = Samples.podman()
        podman.answer("image inspect", output: "sha256:abc\n")
        #expect(await Samples.platform(podman).preflight([Samples.cell(Samples.rocky9)]).isEmpty)
        #expect(!podman.commands.contains { $0.display.contains("manifest") })
    }

    @Test func saysHowASystemCanBeHadThatNoRegistryGives() async {
        let podman = Samples.podman()
        podman.answer("manifest inspect", error: silence, exitStatus: 125)
        let cells = [Samples.cell(Samples.debian12), Samples.cell(Samples.rocky9)]
        let problems = await Samples.platform(podman).preflight(cells)
        #expect(
            problems == [
                PreflightProblem(
                    .unavailable, cells: ["rocky9-podman"],
                    "no container registry answers (registry.invalid: dial tcp: lookup registry.invalid: "
                        + "no such host) and rocky9 cannot be bootstrapped here",
                    next: "run on a machine that reaches its registry, or `podman load` registry.invalid/rockylinux/rockylinux:9")
            ])
    }

    @Test func asksASilentRegistryOnce() async {
        let podman = Samples.podman()
        podman.answer("manifest inspect", error: silence, exitStatus: 125)
        var rocky10 = Samples.rocky9
        rocky10.name = "rocky10"
        rocky10.containerImage = "registry.invalid/rockylinux/rockylinux:10"
        let problems = await Samples.platform(podman).preflight([Samples.cell(Samples.rocky9), Samples.cell(rocky10)])
        #expect(problems.map(\.severity) == [.unavailable, .unavailable])
        #expect(podman.commands.count { $0.display.contains("manifest inspect") } == 1)
    }

    @Test func takesARegistryForSilentThatDoesNotAnswerInTime() async {
        let podman = Samples.podman()
        podman.answer { command in
            guard command.arguments.contains("manifest") else { return nil }
            #expect(command.timeout == .seconds(5))
            throw InfrastructureError("podman manifest", why: "killed after 5s")
        }
        let problems = await Samples.platform(podman).preflight([Samples.cell(Samples.rocky9)])
        #expect(problems.first?.message.contains("(registry.invalid: no answer in 5s)") ?? false)
    }

    @Test func namesAnImageThatItsRegistryDoesNotHave() async {
        let podman = Samples.podman()
        podman.answer("manifest inspect", error: "Error: reading manifest 9 in registry.invalid/x: manifest unknown", exitStatus: 125)
        let problems = await Samples.platform(podman).preflight([Samples.cell(Samples.rocky9)])
        #expect(problems.first?.message.hasPrefix("registry.invalid refuses registry.invalid/rockylinux/rockylinux:9: ") ?? false)
    }

    @Test func bootstrapsNothingInPlaceOfAnImageThatTheFileNames() async {
        let podman = Samples.podman()
        podman.answer("manifest inspect", error: silence, exitStatus: 125)
        var own = Samples.debian12
        own.isContainerImageGiven = true
        let problems = await Samples.platform(podman).preflight([Samples.cell(own)])
        #expect(problems.map(\.severity) == [.unavailable])
        #expect(problems.first?.message.hasSuffix("debian12 cannot be bootstrapped here") ?? false)
        #expect(await Samples.platform(podman).preflight([Samples.cell(Samples.debian12)]).isEmpty)
    }

    @Test func asksForMmdebstrapIfItWouldHelp() async {
        let podman = Samples.podman()
        podman.answer("manifest inspect", error: silence, exitStatus: 125)
        let machine = Samples.machine(programs: ["netavark", "aardvark-dns", "iptables"])
        let problems = await Samples.platform(podman, machine: machine).preflight([Samples.cell(Samples.debian12)])
        #expect(problems.first?.severity == .unavailable)
        #expect(problems.first?.next?.hasPrefix("sudo apt-get install mmdebstrap, or run on a machine that reaches its registry") ?? false)
    }

    /// The bound holds for all containers together.
    @Test func warnsOfMoreHostsThanTheKernelLetsBoot() async {
        let podman = Samples.podman()
        podman.answer("image inspect", output: "sha256:abc\n")
        let cells = (1...10).map { number in
            Samples.cell(Samples.debian12, hosts: [HostPlan(name: "a\(number)"), HostPlan(name: "b\(number)")])
        }
        #expect(await Samples.platform(podman).preflight(Array(cells.prefix(9))).isEmpty)
        let problems = await Samples.platform(podman).preflight(cells)
        #expect(problems.map(\.severity) == [.warning])
        #expect(problems.first?.message == "20 hosts at once may need more inotify instances than the kernel's limit of 128 for an account")
        #expect(problems.first?.next == "sudo sysctl fs.inotify.max_user_instances=1024")
    }

    @Test func namesAllMissingPartsAtOnce() async {
        let podman = Samples.podman()
        podman.answer("podman info", output: Samples.info(runtime: "crun", controllers: []))
        podman.answer("image inspect", output: "sha256:abc\n")
        let cell = Samples.cell(Samples.debian12, hosts: [HostPlan(name: "debian12-podman", size: HostSize(cores: 2, memory: 1 << 30))])
        let problems = await Samples.platform(podman, machine: Samples.machine(programs: [], hybrid: true)).preflight([cell])
        let messages = problems.map(\.message).joined(separator: "\n")
        for part in ["runc", "netavark", "aardvark-dns", "iptables", "cores", "memory"] {
            #expect(messages.contains(part), "\(part) in \(messages)")
        }
    }

    /// Debian 13's netavark calls nft, Debian 12's iptables; neither falls back.
    @Test(arguments: [
        (
            #"{"version": "1.14.0", "default_fw_driver": "nftables"}"#, "iptables",
            ["nft is not installed: this netavark needs it to make networks"]
        ),
        (#"{"version": "1.14.0", "default_fw_driver": "nftables"}"#, "nft", []),
        (#"{"version": "1.4.0"}"#, "nft", ["iptables is not installed: this netavark needs it to publish ports"]),
        (#"{"version": "1.4.0"}"#, "iptables", []),
        (#"{"version": "1.11.0"}"#, "iptables", []),
    ])
    func asksForWhatNetavarkCalls(version: String, program: String, messages: [String]) async {
        let podman = Samples.podman()
        podman.answer("netavark version", output: version)
        podman.answer("image inspect", output: "sha256:abc\n")
        let machine = Samples.machine(programs: ["mmdebstrap", "netavark", "aardvark-dns", "runc", program])
        let problems = await Samples.platform(podman, machine: machine).preflight([Samples.cell(Samples.debian12)])
        #expect(problems.map(\.message) == messages)
    }

    @Test func usesRuncIfCrunRefuses() async throws {
        let podman = Samples.podman()
        podman.answer("podman info", output: Samples.info(runtime: "crun"))
        let platform = Samples.platform(podman, machine: Samples.machine(hybrid: true))
        #expect(try await platform.probe.facts().runtimeOptions == ["--runtime", "runc"])
    }

    @Test func saysWhatToInstallWithoutPodman() async {
        let podman = ScriptedTransport()
        podman.answer { _ in throw InfrastructureError("podman", why: "no such file") }
        let problems = await Samples.platform(podman).preflight([Samples.cell(Samples.debian12)])
        #expect(problems.map(\.message) == ["podman could not be run: no such file"])
        #expect(problems.first?.next?.contains("apt-get install podman") ?? false)
    }

    @Test func saysThatSystemdNeedsRootOnOldCgroups() async {
        let podman = Samples.podman()
        podman.answer("podman info", output: Samples.info(isRootless: true))
        podman.answer("image inspect", output: "sha256:abc\n")
        let problems = await Samples.platform(podman).preflight([Samples.cell(Samples.debian12)])
        #expect(problems.map(\.severity) == [.error])
        #expect(problems.first?.next?.hasPrefix("run matrix as root") ?? false)
    }
}
