import Foundation
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
        podman.answer("podman images", output: Samples.bases)
        #expect(await Samples.platform(podman).preflight([Samples.cell(Samples.rocky9)]).isEmpty)
        #expect(!podman.commands.contains { $0.display.contains("manifest") })
    }

    @Test("Images are listed once for all systems, and looked up one by one only if their name is short")
    func listsImagesOnce() async {
        let podman = Samples.podman()
        podman.answer("podman images", output: Samples.bases)
        var own = Samples.rocky9
        own.name = "rocky10"
        own.containerImage = "rocky:10"
        podman.answer("rocky:10", output: "abc\n")
        let cells = [Samples.debian12, Samples.debian13, Samples.rocky9, own].map { Samples.cell($0) }
        #expect(await Samples.platform(podman).preflight(cells).isEmpty)
        #expect(podman.commands.count { $0.display.hasPrefix("podman images") } == 1)
        #expect(podman.commands.count { $0.display.contains("image inspect") } == 1)
    }

    @Test("What a system's image is built of is known before the run, unless it is there")
    func whatIsBuiltFirst() async throws {
        let podman = Samples.podman()
        podman.answer("podman images", output: Samples.bases)
        let platform = Samples.platform(podman)
        let cell = Samples.cell(Samples.rocky9)
        let origin = try #require(await platform.origins(of: [cell]).first)
        #expect(origin.cells == [cell.name] && origin.preparation == "the image of rocky9 is built first")
        let base = try #require(Samples.rocky9.containerImage)
        #expect(origin.source == base)
        let made = await platform.images.recipe(for: Samples.rocky9).tag(onto: "abc")
        let later = Samples.podman()
        later.answer("podman images", output: Samples.images([base, made]))
        #expect(await Samples.platform(later).origins(of: [cell]).isEmpty)
    }

    @Test(
        "A name without registry, with a digest or with an abbreviation is Podman's to complete",
        arguments: [
            ("debian:12", nil), ("library/debian:12", nil), ("docker.io/debian:12", nil), ("docker.io/library/debian@sha256:0", nil),
            ("docker.io/library/debian", "docker.io/library/debian:latest"), ("localhost/a:1", "localhost/a:1"),
            ("reg:5000/a", "reg:5000/a:latest"), ("quay.io/a/b:c", "quay.io/a/b:c"),
        ] as [(String, String?)])
    func wholeNames(reference: String, name: String?) {
        #expect(ImageIndex.wholeName(reference) == name)
    }

    @Test("Podman is not asked again in the next run what it is, unless something has changed or failed")
    func remembersInfo() async throws {
        let folder = try TemporaryFolder()
        let boot = MutexBox("one")
        func platform(_ podman: ScriptedTransport) -> PodmanPlatform {
            var machine = Samples.machine()
            let read = machine.read
            machine.cache = folder.path
            machine.environment = ["PATH": "/opt/bin:/usr/bin"]
            machine.stamp = { $0 == "/usr/bin/podman" ? "4.3" : nil }
            machine.read = { path in
                if path.hasSuffix("/boot_id") { return boot.current }
                guard path.hasPrefix(folder.path) else { return read(path) }
                return try? String(contentsOfFile: path, encoding: .utf8)
            }
            return Samples.platform(podman, machine: machine)
        }
        func asks() async throws -> Bool {
            let podman = Samples.podman()
            #expect(try await platform(podman).probe.facts().version == "4.3.1")
            return podman.commands.contains { $0.arguments.contains("info") }
        }
        #expect(try await asks())
        #expect(try await !asks())
        boot.with { $0 = "two" }
        #expect(try await asks())
        #expect(try await !asks())
        await platform(Samples.podman()).probe.forget()
        #expect(try await asks())
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
        podman.answer("podman images", output: Samples.bases)
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
        podman.answer("podman images", output: Samples.bases)
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
        podman.answer("podman images", output: Samples.bases)
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
        podman.answer("podman images", output: Samples.bases)
        let problems = await Samples.platform(podman).preflight([Samples.cell(Samples.debian12)])
        #expect(problems.map(\.severity) == [.error])
        #expect(problems.first?.next?.hasPrefix("run matrix as root") ?? false)
    }
}
