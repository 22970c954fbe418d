internal import MatrixCore

/// Reboots a host and waits until it answers with another boot id.
struct HostReboot {
    let site: ClusterSite
    let limit: Duration
    let pace: K3sPace

    /// - Parameter boot: the id of the current boot.
    func reboot(_ host: Host, boot: String, because reason: String) async throws -> Host {
        let label = host.plan.label(in: site.cell.hosts)
        await site.log("\(label): rebooting: \(reason)")
        site.waiting("\(label): rebooting: \(reason)")
        // The reboot cuts the connection: there may be no answer, and none is needed.
        _ = try? await K3sShell(transport: host.transport, label: label).run("systemctl --no-block reboot", timeout: .seconds(30))
        do {
            return try await withDeadline(limit) { try await back(host, boot, label) }
        } catch is DeadlineExceeded {
            throw InfrastructureError(
                "\(label) did not come back from its reboot", why: "no answer in \(limit.brief)", next: "see its console", type: .k3sReboot,
                isTransient: false)
        }
    }

    private func back(_ host: Host, _ boot: String, _ label: String) async throws -> Host {
        for _ in 1... {
            try await Task.sleep(for: pace.poll)
            // The old system may still answer for a moment.
            guard let found = try? await site.reconnect(host) else { continue }
            let answer = try? await K3sShell(transport: found.transport, label: label)
                .run("say boot \"$(cat /proc/sys/kernel/random/boot_id)\"", timeout: .seconds(30), quietly: true)
            if let now = answer?["boot"], now != boot { return found }
            try Task.checkCancellation()
        }
        throw CancellationError()
    }
}
