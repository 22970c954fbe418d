internal import MatrixCore

/// Detects, once, what this machine's Podman is and what it lacks.
actor PodmanProbe {
    private let podman: Podman
    private let machine: LocalMachine
    private let runtime: String?
    private let remembered: RememberedInfo
    private let found = SingleFlight<PodmanFacts>()

    init(podman: Podman, machine: LocalMachine, runtime: String?) {
        self.podman = podman
        self.machine = machine
        self.runtime = runtime
        remembered = RememberedInfo(machine, runtime: runtime)
    }

    /// The facts; detected again only if the last attempt failed.
    ///
    /// - Throws: `InfrastructureError` if podman is missing or does not work.
    func facts() async throws -> PodmanFacts {
        try await found.value("facts") { _ in try await self.detected() }
    }

    /// Asks Podman itself in the next run, after a failure that the facts may have caused.
    func forget() { remembered.forget() }

    private func detected() async throws -> PodmanFacts {
        let known = remembered.read()
        let info: Value
        if let known { info = known } else { info = try await asked() }
        let limits = ProcessLimits(
            limits: machine.read("/proc/self/limits") ?? "", status: machine.read("/proc/self/status") ?? "",
            mostPIDs: machine.read("/proc/sys/kernel/pid_max"))
        let facts = PodmanFacts(
            info: info, runtimeOptions: runtimeOptions(info), limitOptions: limits.options,
            capabilities: limits.hostCapabilities(isRootless: isRootless(info)),
            problems: runtimeProblems(info) + rootlessProblems(info) + (await networkProblems(info)),
            mostWatchers: machine.read("/proc/sys/fs/inotify/max_user_instances").flatMap { Int($0.stripped) })
        if known == nil, facts.problems.isEmpty { remembered.write(info) }
        return facts
    }

    private func asked() async throws -> Value {
        let command = podman.command((runtime.map { ["--runtime", $0] } ?? []) + ["info", "--format", "json"], timeout: .seconds(120))
        let result: CommandResult
        do { result = try await podman.runner.run(command) } catch let error as InfrastructureError {
            throw InfrastructureError(
                "podman could not be run", why: error.why,
                next: "install it (Debian: sudo apt-get install podman), or run fixtures/setup.sh",
                type: .podmanMissing, isTransient: false, command: error.command)
        }
        guard result.succeeded, let info = Value(json: result.output) else {
            throw podman.error(
                "podman does not work here", command, result, next: "run `podman info` to see why; fixtures/setup.sh installs its parts")
        }
        return info
    }

    // crun refuses hybrid hierarchies, runc does not.
    private var needsRunc: Bool { machine.hasHybridCgroups }

    private func runtimeOptions(_ info: Value) -> [String] {
        if let runtime { return ["--runtime", runtime] }
        guard chosenRuntime(info).hasPrefix("crun"), needsRunc, machine.finds("runc") else { return [] }
        return ["--runtime", "runc"]
    }

    private func chosenRuntime(_ info: Value) -> String { info["host"]?["ociRuntime"]?["name"]?.string ?? "" }

    private func runtimeProblems(_ info: Value) -> [PreflightProblem] {
        let install = "sudo apt-get install runc, or run fixtures/setup.sh"
        if chosenRuntime(info).isEmpty, runtime == nil {
            return [PreflightProblem(.error, "podman has no OCI runtime (crun or runc)", next: install)]
        }
        guard runtime == nil, chosenRuntime(info).hasPrefix("crun"), needsRunc, !machine.finds("runc") else { return [] }
        return [
            PreflightProblem(
                .error, "crun refuses this machine's cgroups (both versions are mounted), and runc is not installed", next: install)
        ]
    }

    private func isRootless(_ info: Value) -> Bool { info["host"]?["security"]?["rootless"] == .bool(true) }

    private func rootlessProblems(_ info: Value) -> [PreflightProblem] {
        guard isRootless(info), info["host"]?["cgroupVersion"]?.string == "v1" else { return [] }
        return [
            PreflightProblem(
                .error, "Podman runs without root, and with cgroups v1 systemd cannot run in a rootless container",
                next: "run matrix as root, or boot this machine with systemd.unified_cgroup_hierarchy=1")
        ]
    }

    private func networkProblems(_ info: Value) async -> [PreflightProblem] {
        guard info["host"]?["networkBackend"]?.string ?? "netavark" == "netavark" else { return [] }
        var problems: [PreflightProblem] = []
        if !machine.finds("netavark") {
            problems.append(PreflightProblem(.error, "netavark is not installed: Podman needs it for networks", next: install("netavark")))
        }
        if !machine.finds("aardvark-dns") {
            problems.append(
                PreflightProblem(
                    .error, "aardvark-dns is not installed: the hosts of a cell need it to find each other", next: install("aardvark-dns")))
        }
        return problems + (await firewallProblems())
    }

    private func firewallProblems() async -> [PreflightProblem] {
        let hasIptables = machine.finds("iptables")
        let hasNft = machine.finds("nft")
        if !hasIptables, !hasNft {
            return [
                PreflightProblem(
                    .error, "neither iptables nor nft is installed: netavark cannot publish ports", next: install("iptables nftables"))
            ]
        }
        guard !hasIptables || !hasNft else { return [] }
        switch await firewallDriver() {
        case "iptables" where !hasIptables:
            return [
                PreflightProblem(.error, "iptables is not installed: this netavark needs it to publish ports", next: install("iptables"))
            ]
        case "nftables" where !hasNft:
            return [PreflightProblem(.error, "nft is not installed: this netavark needs it to make networks", next: install("nftables"))]
        default: return []
        }
    }

    private func install(_ package: String) -> String { "sudo apt-get install \(package), or run fixtures/setup.sh" }

    /// netavark's default firewall driver; nil if unknown, or if a setting chooses one. Before 1.10 it is always iptables.
    private func firewallDriver() async -> String? {
        let settings = ["/usr/share/containers/containers.conf", "/etc/containers/containers.conf"].compactMap { machine.read($0) }
        let isChosen = settings.contains { $0.split(separator: "\n").contains { $0.hasPrefix("firewall_driver") } }
        let paths = ["/usr/lib/podman/netavark", "/usr/libexec/podman/netavark", "netavark"]
        let path = paths.first { machine.exists($0) } ?? "netavark"
        guard !isChosen, let result = try? await podman.runner.run(Command([path, "version"], timeout: .seconds(5))), result.succeeded,
            let version = Value(json: result.output)
        else { return nil }
        if let driver = version["default_fw_driver"]?.string { return driver }
        let numbers = (version["version"]?.string ?? "").split(separator: ".").compactMap { Int($0) }
        return numbers.count >= 2 && numbers[0] == 1 && numbers[1] < 10 ? "iptables" : nil
    }
}
