internal import MatrixCore
import MatrixRemote
internal import Synchronization

/// Waits until a container is a host: systemd is up and sshd listens.
struct PodmanReadiness: Sendable {
    let podman: Podman
    let access: RunAccess

    /// How long one command waits in the container; then the next one looks whether it still runs.
    private static let patience = 20

    /// Lets the run's key in, waits in the container until it is a host, and tells each change and at last what a login needs.
    ///
    /// The key comes with the script by standard input: it is in no image and on no command line.
    private static func script(key: String) -> String {
        """
        {
        key=\(ShellQuoting.quote(key))
        keys=/root/.ssh/authorized_keys
        umask 077
        mkdir -p /root/.ssh
        if ! grep -qxF -e "$key" "$keys" 2>/dev/null; then
            [ ! -s "$keys" ] || [ -z "$(tail -c 1 "$keys")" ] || echo >>"$keys"
            printf '%s\\n' "$key" >>"$keys" || exit 1
        fi
        seconds() { read -r now rest </proc/uptime; echo "${now%.*}"; }
        end=$(($(seconds) + \(patience)))
        while :; do
            system=$(systemctl is-system-running 2>/dev/null)
            ssh=
            case $system in
            running|degraded)
                ssh=$(systemctl is-active ssh.service 2>/dev/null | grep -x active || systemctl is-active sshd.service 2>/dev/null) ;;
            esac
            [ "$told" = "$system $ssh" ] || printf 'system %s\\nssh %s\\n' "$system" "$ssh"
            told="$system $ssh"
            [ "$ssh" != active ] || break
            [ "$(seconds)" -lt "$end" ] || break
            # The wait ends at once while systemd does not answer yet.
            case $system in
            running|degraded) sleep 0.1 ;;
            *) timeout \(patience) systemctl is-system-running --wait >/dev/null 2>&1 || sleep 0.1 ;;
            esac
        done
        echo "failed $(systemctl list-units --state=failed --plain --no-legend --no-pager 2>/dev/null | cut -d' ' -f1 | tr '\\n' ' ')"
        echo "address $(hostname -I 2>/dev/null)"
        for key in /etc/ssh/ssh_host_*_key.pub; do
            if [ -s "$key" ]; then echo "key $(cut -d' ' -f1,2 "$key")"; fi
        done
        exit 0
        } </dev/null

        """
    }

    /// Asks until the host is up or the surrounding task's deadline has passed.
    ///
    /// - Throws: `InfrastructureError` at once if the container exited.
    func endpoint(of resource: Resource, waiting: @escaping @Sendable (String) -> Void) async throws -> Endpoint {
        let told = Told(waiting)
        for attempt in 1... {
            let began = ContinuousClock.now
            let answer = try await ask(resource, told)
            guard let reason = answer.reasonToWait else {
                if !answer.failedUnits.isEmpty { waiting("systemd is degraded: \(answer.failedUnits) failed") }
                return try await endpoint(resource, answer)
            }
            told.tell(reason)
            // A container that waits itself needs no pause.
            guard ContinuousClock.now - began < .seconds(1) else { continue }
            try await Task.sleep(for: Backoff(first: .milliseconds(250), factor: 1.3, most: .seconds(2)).pause(before: attempt))
        }
        throw CancellationError()
    }

    /// Tells each reason to wait once.
    private final class Told: Sendable {
        private let last = Mutex("")
        private let waiting: @Sendable (String) -> Void

        init(_ waiting: @escaping @Sendable (String) -> Void) {
            self.waiting = waiting
        }

        func tell(_ reason: String) {
            let isNew = last.withLock { last in
                defer { last = reason }
                return last != reason
            }
            if isNew { waiting(reason) }
        }
    }

    private func target(_ resource: Resource) -> String { resource.id.isEmpty ? resource.name : resource.id }

    private func ask(_ resource: Resource, _ told: Told) async throws -> BootState {
        let state = Mutex(BootState())
        let complaint: String
        do {
            let command = podman.command(
                ["exec", "--interactive", target(resource), "sh", "-s"], input: Array(Self.script(key: access.publicKey).utf8),
                timeout: .seconds(2 * Self.patience + 30))
            let result = try await podman.runner.run(command) { line in
                guard line.stream == .standardOutput else { return }
                let reason = state.withLock { state -> String? in
                    state.take(line.text)
                    return line.text.hasPrefix("ssh ") && !state.hasSSH ? state.reasonToWait : nil
                }
                if let reason { told.tell(reason) }
            }
            if result.succeeded { return state.withLock { $0 } }
            complaint = PodmanFault.brief(result.errorOutput)
        } catch let error as InfrastructureError where error.isTransient {
            // On a busy machine the script may time out.
            complaint = error.why
        }
        try await ContainerDeath(podman: podman).check(resource, target(resource))
        return BootState("system unreachable: \(complaint)")
    }

    private func endpoint(_ resource: Resource, _ answer: BootState) async throws -> Endpoint {
        if let port = resource.details["port"].flatMap({ Int($0) }), let address = answer.address {
            return endpoint(resource, answer, port: port, address: address)
        }
        guard let container = try await podman.container(target(resource)) else {
            throw InfrastructureError("container \(resource.name) is gone", why: "something else removed it", type: .createGone)
        }
        guard let port = container.port else {
            throw InfrastructureError(
                "container \(resource.name) cannot be reached", why: "its port 22 is not published", next: "remove it and create it again",
                isTransient: false)
        }
        return endpoint(resource, answer, port: port, address: container.address(on: resource.details["network"]))
    }

    private func endpoint(_ resource: Resource, _ answer: BootState, port: Int, address: String?) -> Endpoint {
        Endpoint(
            address: "127.0.0.1", port: port, user: "root", keyFile: access.keyFile, knownHostsFile: access.knownHostsFile,
            alias: resource.name, hostKeys: answer.hostKeys, internalAddress: address)
    }
}
