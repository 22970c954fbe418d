internal import MatrixCore
import MatrixRemote

/// Makes a cell's network and containers. Adopts those that were made although the reply was lost.
struct PodmanCreation: Sendable {
    let settings: PodmanSettings
    let podman: Podman
    let access: RunAccess?

    private static let tries = 4

    // MARK: - Networks

    /// Makes the network, or adopts it if it was made although the reply was lost.
    func network(_ resource: Resource) async throws -> Resource {
        let command = podman.command(["network", "create"] + PodmanLabels.options(for: resource) + [resource.name])
        let found = try await creating(resource, command) {
            try await podman.network(resource.name)
        } labels: {
            PodmanLabels.read($0["labels"] ?? $0["Labels"])
        }
        var made = resource
        made.id = found["id"]?.string ?? resource.name
        made.details["subnet"] = found["subnets"]?.elements.first?["subnet"]?.string
        return made
    }

    // MARK: - Containers

    /// Makes and starts a host with the run's key in it.
    func container(_ resource: Resource, of cell: CellPlan, image: HostImage, facts: PodmanFacts) async throws -> Resource {
        guard let access else {
            throw InfrastructureError(
                "container \(resource.name) cannot be made", why: "this state folder does not hold the run's keys", isTransient: false)
        }
        let size = ContainerSize(cell.hosts.first { $0.name == resource.host }?.size ?? HostSize(), facts: facts)
        let options =
            facts.runtimeOptions + ["create"] + identity(resource) + powers(facts) + size.options + PodmanLabels.options(for: resource)
        let started = try await start(resource, podman.command(options + [image.name], timeout: .seconds(180)))
        try await authorize(access.publicKey, in: started, resource)
        var made = resource
        made.id = started.id
        made.details["image"] = image.name
        made.details["image_id"] = image.id
        made.details["base"] = image.base
        made.details["podman"] = facts.version
        made.details["port"] = started.port.map(String.init)
        if !size.ignored.isEmpty { made.details["ignored"] = size.ignored.joined(separator: ", ") }
        return made
    }

    /// Podman chooses the port when it makes the container and binds it when it starts it: in between, another process may take it.
    private func start(_ resource: Resource, _ command: Command) async throws -> ContainerState {
        for attempt in 1... {
            let container = try await creating(resource, command) {
                try await podman.container(resource.name)
            } labels: {
                $0.labels
            }
            do {
                try await podman.require(["start", container.id], "container \(resource.name) did not start", timeout: .seconds(120))
                return try await podman.container(container.id) ?? container
            } catch let error as InfrastructureError where error.isTransient && attempt < Self.tries {
                if PodmanFault.isPortTaken(error.command?.outputTail ?? error.why) {
                    try await podman.require(
                        ["rm", "--force", "--volumes", container.id], "container \(resource.name) could not be made again")
                }
                try await Task.sleep(for: Backoff(first: .milliseconds(500)).pause(before: attempt))
            }
        }
        throw CancellationError()
    }

    private func identity(_ resource: Resource) -> [String] {
        let host = resource.host ?? resource.name
        // Without --no-hosts Podman mounts /etc/hosts, and in-place edits fail (EBUSY).
        return [
            "--name", resource.name, "--hostname", host, "--network", resource.details["network"] ?? "podman", "--network-alias", host,
            "--no-hosts",
            "--publish", "127.0.0.1::22", "--pull=never",
        ]
    }

    private func powers(_ facts: PodmanFacts) -> [String] {
        let rights = settings.privileged ? ["--privileged"] : ["--cap-add", facts.capabilities.joined(separator: ",")]
        // Do not wait longer for a host to shut down.
        return ["--systemd=always", "--stop-timeout", "5"] + rights + facts.containerOptions
    }

    /// Sends the key over standard input: it is in no image and on no command line.
    private func authorize(_ key: String, in container: ContainerState, _ resource: Resource) async throws {
        let script = "umask 077; mkdir -p /root/.ssh; cat > /root/.ssh/authorized_keys"
        let command = podman.command(["exec", "--interactive", container.id, "sh", "-c", script], input: Array("\(key)\n".utf8))
        let result = try await podman.runner.run(command)
        guard !result.succeeded else { return }
        try await ContainerDeath(podman: podman).check(resource, container.id)
        throw podman.error("the run's key could not be written to \(resource.name)", command, result)
    }

    // MARK: - Lost replies

    /// Runs a create command and then looks the name up, even if the command failed.
    private func creating<Found>(
        _ resource: Resource, _ command: Command, find: () async throws -> Found?, labels: (Found) -> [String: String]
    ) async throws -> Found {
        for attempt in 1... {
            let outcome = try await reply(to: command)
            if let found = try await find() {
                guard PodmanLabels.belongs(labels(found), to: resource.run) else { throw taken(resource) }
                return found
            }
            let error =
                switch outcome {
                case .success(let result): podman.error("\(resource.kind) \(resource.name) was not made", command, result)
                case .failure(let error): error
                }
            guard error.isTransient, attempt < Self.tries else { throw error }
            try await Task.sleep(for: Backoff(first: .milliseconds(300)).pause(before: attempt))
        }
        throw CancellationError()
    }

    /// A command may have done its work even if its end was not seen.
    private func reply(to command: Command) async throws -> Result<CommandResult, InfrastructureError> {
        do { return .success(try await podman.runner.run(command)) } catch let error as InfrastructureError { return .failure(error) }
    }

    private func taken(_ resource: Resource) -> InfrastructureError {
        InfrastructureError(
            "\(resource.kind) \(resource.name) was not made",
            why: "another \(resource.kind) has this name (without a label of run \(resource.run))",
            next: "rename or remove it: podman \(resource.kind) inspect \(resource.name)", type: .createNameTaken, isTransient: false)
    }
}
