internal import MatrixCore
import MatrixRemote

/// Waits until a container is a host: systemd is up and sshd listens.
struct PodmanReadiness: Sendable {
    let podman: Podman
    let access: RunAccess

    /// Asks a booting host everything in one round trip.
    private static let question = """
        echo "system $(systemctl is-system-running 2>/dev/null)"
        echo "ssh $(systemctl is-active ssh.service 2>/dev/null | grep -x active || systemctl is-active sshd.service 2>/dev/null)"
        echo "failed $(systemctl list-units --state=failed --plain --no-legend --no-pager 2>/dev/null | cut -d' ' -f1 | tr '\\n' ' ')"
        for key in /etc/ssh/ssh_host_*_key.pub; do
            if [ -s "$key" ]; then echo "key $(cut -d' ' -f1,2 "$key")"; fi
        done
        """

    /// Polls until the host is up or the surrounding task's deadline has passed.
    ///
    /// - Throws: `InfrastructureError` at once if the container exited.
    func endpoint(of resource: Resource, waiting: @escaping @Sendable (String) -> Void) async throws -> Endpoint {
        var told = ""
        for attempt in 1... {
            let answer = try await ask(resource)
            if let reason = answer.reasonToWait {
                if reason != told { waiting(reason) }
                told = reason
                try await Task.sleep(for: Backoff(first: .milliseconds(250), factor: 1.3, most: .seconds(2)).pause(before: attempt))
                continue
            }
            if !answer.failedUnits.isEmpty { waiting("systemd is degraded: \(answer.failedUnits) failed") }
            return try await endpoint(resource, answer)
        }
        throw CancellationError()
    }

    private func target(_ resource: Resource) -> String { resource.id.isEmpty ? resource.name : resource.id }

    private func ask(_ resource: Resource) async throws -> BootState {
        let complaint: String
        do {
            let result = try await podman.run(["exec", target(resource), "sh", "-c", Self.question], timeout: .seconds(30))
            if result.succeeded { return BootState(result.output) }
            complaint = PodmanFault.brief(result.errorOutput)
        } catch let error as InfrastructureError where error.isTransient {
            // On a busy machine the script may time out.
            complaint = error.why
        }
        try await ContainerDeath(podman: podman).check(resource, target(resource))
        return BootState("system unreachable: \(complaint)")
    }

    private func endpoint(_ resource: Resource, _ answer: BootState) async throws -> Endpoint {
        guard let container = try await podman.container(target(resource)) else {
            throw InfrastructureError("container \(resource.name) is gone", why: "something else removed it", type: .createGone)
        }
        guard let port = container.port else {
            throw InfrastructureError(
                "container \(resource.name) cannot be reached", why: "its port 22 is not published", next: "remove it and create it again",
                isTransient: false)
        }
        return Endpoint(
            address: "127.0.0.1", port: port, user: "root", keyFile: access.keyFile, knownHostsFile: access.knownHostsFile,
            alias: resource.name,
            hostKeys: answer.hostKeys, internalAddress: container.address(on: resource.details["network"]))
    }
}
