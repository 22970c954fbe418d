internal import MatrixCore
import MatrixRemote

/// Makes a cell's network and containers. Adopts those that were made although the reply was lost.
struct PodmanCreation: Sendable {
    let settings: PodmanSettings
    let podman: Podman
    let access: RunAccess?
    let listings: PodmanListings

    private static let tries = 4

    // MARK: - Networks

    /// Makes the network, or adopts it if it was made although the reply was lost.
    func network(_ resource: Resource) async throws -> Resource {
        let command = podman.command(["network", "create"] + PodmanLabels.options(for: resource) + [resource.name])
        var made = resource
        // Podman prints no id of a new network, and finds it by its name: that is its id here, as ``Podman/networks()`` lists it.
        made.id = resource.name
        for attempt in 1... {
            let outcome = try await listings.networks.changing { try await reply(to: command) }
            if case .success(let result) = outcome, result.succeeded { return made }
            await listings.distrust()
            if let found = try await podman.network(resource.name) {
                guard PodmanLabels.belongs(PodmanLabels.read(found["labels"] ?? found["Labels"]), to: resource.run) else {
                    throw taken(resource)
                }
                return made
            }
            try await pause(after: error(resource, command, outcome), attempt)
        }
        throw CancellationError()
    }

    // MARK: - Containers

    /// Makes and starts a host. The run's key reaches it when it is waited for.
    func container(_ resource: Resource, of cell: CellPlan, image: HostImage, facts: PodmanFacts) async throws -> Resource {
        guard access != nil else {
            throw InfrastructureError(
                "container \(resource.name) cannot be made", why: "this state folder does not hold the run's keys", isTransient: false)
        }
        let size = ContainerSize(cell.hosts.first { $0.name == resource.host }?.size ?? HostSize(), facts: facts)
        let options =
            facts.runtimeOptions + ["run", "--detach"] + identity(resource) + powers(facts) + size.options
            + PodmanLabels.options(for: resource)
        let started = try await start(resource, image, options)
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

    /// Another process may take the port before the container binds it: then it is made again with another.
    private func start(_ resource: Resource, _ image: HostImage, _ options: [String]) async throws -> (id: String, port: Int?) {
        for attempt in 1... {
            let port = try FreePort.find()
            let command = podman.command(options + ["--publish", "127.0.0.1:\(port):22", image.name], timeout: .seconds(300))
            let outcome = try await listings.containers.changing { try await reply(to: command) }
            if case .success(let result) = outcome, result.succeeded, let id = Self.id(in: result.output) { return (id, port) }
            await listings.distrust()
            let complaint = error(resource, command, outcome)
            if let found = try await podman.container(resource.name) {
                guard PodmanLabels.belongs(found.labels, to: resource.run) else { throw taken(resource) }
                // Only the reply was lost.
                if found.isRunning { return (found.id, found.port) }
                try await podman.require(
                    ["rm", "--force", "--volumes", found.id], "container \(resource.name) could not be made again")
            }
            try await pause(after: complaint, attempt)
        }
        throw CancellationError()
    }

    /// Warnings may stand before the id.
    private static func id(in output: String) -> String? {
        output.split(whereSeparator: \.isNewline).last.map(String.init).flatMap { $0.allSatisfy(\.isHexDigit) ? $0 : nil }
    }

    private func identity(_ resource: Resource) -> [String] {
        let host = resource.host ?? resource.name
        // Without --no-hosts Podman mounts /etc/hosts, and in-place edits fail (EBUSY).
        return [
            "--name", resource.name, "--hostname", host, "--network", resource.details["network"] ?? "podman", "--network-alias", host,
            "--no-hosts", "--pull=never",
        ]
    }

    private func powers(_ facts: PodmanFacts) -> [String] {
        let rights = settings.privileged ? ["--privileged"] : ["--cap-add", facts.capabilities.joined(separator: ",")]
        // Nobody needs what a host would still write while it shuts down; `matrix stop` says how long it may take.
        return ["--systemd=always", "--stop-timeout", "0"] + rights + facts.containerOptions
    }

    // MARK: - Lost replies

    private func error(_ resource: Resource, _ command: Command, _ outcome: Result<CommandResult, InfrastructureError>)
        -> InfrastructureError
    {
        switch outcome {
        case .success(let result): podman.error("\(resource.kind) \(resource.name) was not made", command, result)
        case .failure(let error): error
        }
    }

    /// Waits before another try; throws the error if none may help.
    private func pause(after error: InfrastructureError, _ attempt: Int) async throws {
        guard error.isTransient, attempt < Self.tries else { throw error }
        try await Task.sleep(for: Backoff(first: .milliseconds(300)).pause(before: attempt))
    }

    /// A command may have done its work even if its end was not seen.
    private func reply(to command: Command) async throws -> Result<CommandResult, InfrastructureError> {
        do { return .success(try await podman.runner.run(command)) } catch let error as InfrastructureError {
            return .failure(error)
        } catch {
            await listings.distrust()
            throw error
        }
    }

    private func taken(_ resource: Resource) -> InfrastructureError {
        InfrastructureError(
            "\(resource.kind) \(resource.name) was not made",
            why: "another \(resource.kind) has this name (without a label of run \(resource.run))",
            next: "rename or remove it: podman \(resource.kind) inspect \(resource.name)", type: .createNameTaken, isTransient: false)
    }
}
