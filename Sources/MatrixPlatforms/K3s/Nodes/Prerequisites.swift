internal import MatrixCore

/// Prepares a host for K3s, or says why it cannot run K3s.
struct Prerequisites: Sendable {
    /// What a host reported about itself.
    struct Facts: Sendable, Hashable {
        /// The name under which it registers: its host name in lower case.
        var nodeName: String
        /// `uname -m`.
        var machine: String
        /// The id of the current boot.
        var boot: String
    }

    let settings: K3sSettings
    let cluster: Resource
    let pace: K3sPace
    let site: ClusterSite

    /// Makes one host ready; it may be rebooted once.
    ///
    /// - Returns: the host (with a new connection if it was rebooted) and its facts.
    func meet(on host: Host) async throws -> (host: Host, facts: Facts) {
        var host = host
        var isRebooted = false
        while true {
            let answer = try await ask(host)
            try checkPresence(answer, on: host)
            let needs = answer.all("reboot")
            guard let reason = needs.first else { return (host, try await checked(answer, on: host)) }
            guard settings.reboots, !isRebooted else {
                throw unmet(reason, on: host, isRebooted ? ", also after a reboot" : ", and reboot: false forbids a reboot")
            }
            host = try await HostReboot(site: site, limit: settings.limits.reboot, pace: pace).reboot(
                host, boot: answer["boot"] ?? "", because: reason)
            isRebooted = true
        }
    }

    private func ask(_ host: Host) async throws -> K3sShell.Answer {
        let isControl = ClusterNode.isControl(host.plan)
        let answer = try await K3sShell(transport: host.transport, label: label(host), log: site.log).run(
            PrerequisitesScript.text,
            variables: [
                "cluster": cluster.name, "control": isControl ? "yes" : "", "download": settings.isAirgapped ? "" : "yes",
                "networks": settings.networks.joined(separator: " "), "data": settings.dataFolder,
                "etcd": isControl && site.hosts.count(where: { ClusterNode.isControl($0.plan) }) > 1 ? "yes" : "",
            ], timeout: .seconds(600))
        guard answer.exitStatus == 0 else {
            throw InfrastructureError(
                "\(label(host)) could not be made ready for K3s", why: answer.lastLine ?? "exit status \(answer.exitStatus)",
                type: .k3sPrerequisites)
        }
        return answer
    }

    private func checkPresence(_ answer: K3sShell.Answer, on host: Host) throws {
        guard let present = answer["present"] else { return }
        let what = present.hasPrefix("/etc/kubernetes/") ? "Kubernetes" : "K3s"
        let (why, next) =
            present.hasPrefix("/")
            ? (
                "the host already has a \(what) that is not of this run: \(present)",
                "remove it: run k3s-uninstall.sh or k3s-agent-uninstall.sh on the host"
            )
            : ("it belongs to the cluster \(present)", "remove that cluster: matrix reap --yes")
        throw InfrastructureError("\(label(host)) cannot be used", why: why, next: next, type: .k3sPresent, isTransient: false)
    }

    private func checked(_ answer: K3sShell.Answer, on host: Host) async throws -> Facts {
        if let problem = answer["problem"] { throw unmet(problem, on: host) }
        guard let name = answer["name"], let machine = answer["machine"], let boot = answer["boot"] else {
            throw InfrastructureError(
                "\(label(host)) did not report its facts", why: answer.lastLine ?? "it printed nothing", type: .k3sPrerequisites)
        }
        try await awaitClock(of: host)
        return Facts(nodeName: name.lowercased(), machine: machine, boot: boot)
    }

    /// What is wrong with a host, and the next step.
    private func unmet(_ problem: String, on host: Host, _ after: String = "") -> InfrastructureError {
        let words: (why: String, next: String) =
            switch problem {
            case "memory-cgroup":
                (
                    "its kernel has no memory cgroup",
                    "on a Raspberry Pi append `cgroup_memory=1 cgroup_enable=memory` to the one line of /boot/firmware/cmdline.txt "
                        + "and reboot"
                )
            case "br-netfilter":
                ("its kernel has no module br_netfilter", "reboot it if the kernel was updated; Rocky 10 has it in kernel-modules-extra")
            case "data-dir": ("its folder \(settings.dataFolder) is not empty", "empty it, or name another folder in data_dir:")
            default: (problem, "see the log of this step")
            }
        return InfrastructureError(
            "\(label(host)) cannot run K3s", why: words.why + after, next: words.next, type: .k3sPrerequisites, isTransient: false)
    }

    /// Waits until the host's clock agrees with this machine's: certificates are valid from the moment they are made.
    private func awaitClock(of host: Host) async throws {
        let (clock, shell) = (ContinuousClock(), K3sShell(transport: host.transport, label: label(host)))
        let began = clock.now
        while true {
            let before = Timestamp.wall
            let answer = try await shell.run("say time \"$(date +%s)\"", timeout: .seconds(30), quietly: true)
            // The host may have read its clock at any time between the two.
            let uncertain = max(0, Timestamp.wall.seconds(since: before) / 2)
            let middle = before + .seconds(uncertain)
            guard let text = answer["time"], let seconds = Int(text) else { return }
            let skew = Timestamp(seconds: Double(seconds)).seconds(since: middle)
            guard abs(skew) > 15 + uncertain else { return }
            let words = "its clock is \(Duration.bounded(seconds: abs(skew)).brief) \(skew < 0 ? "behind" : "ahead")"
            guard clock.now - began < settings.limits.clock else {
                throw InfrastructureError(
                    "\(label(host)) cannot run K3s", why: words, next: "check timedatectl and the time servers on the host",
                    type: .k3sClock, isTransient: false)
            }
            site.waiting("\(label(host)): \(words)")
            try await clock.sleep(for: pace.poll)
        }
    }

    private func label(_ host: Host) -> String { host.plan.label(in: site.cell.hosts) }
}
