internal import MatrixCore

/// Finds our containers and networks, removes them and checks that they are gone.
struct PodmanRemoval: Sendable {
    let podman: Podman
    let platform: String

    /// The pauses between tries.
    var backoff = Backoff(first: .milliseconds(150), factor: 2, most: .seconds(4))

    private static let tries = 7

    /// Everything with our labels, and image builders; containers before their networks.
    func found() async throws -> [Resource] {
        let builders = try await containers("name=^\(BuilderName.prefix)")
        let all = try await containers("label=\(Resource.Tag.owner)") + builders
        let found = all.compactMap { $0.resource(platform: platform) } + (try await networks())
        for resource in found where !HostGrammar.isName(resource.name) {
            // It is ours, but could be neither removed nor seen to be gone.
            throw InfrastructureError(
                "podman lists a \(resource.kind) of run \(resource.run)", why: "its name cannot be read", next: "see: podman ps --all",
                type: .podman, isTransient: false)
        }
        return found
    }

    /// The same for one run, with what a killed `podman create` left: that has no labels, but the run's id in its name.
    func found(of run: RunID) async throws -> [Resource] {
        let found = try await found()
        // A cell's network has the name of its only host.
        let names = Set(found.filter { $0.kind == PodmanPlatform.containerKind }.map(\.name))
        let remains = try await containers("name=-\(run)$").filter { $0.isStorageOnly && !names.contains($0.name) }.map { container in
            Resource(platform: platform, kind: PodmanPlatform.containerKind, name: container.name, id: container.id, run: run, cell: "")
        }
        return remains + found.filter { $0.run == run }
    }

    /// Always filters: Podman inspects each container that it lists, and one broken foreign container would fail the list.
    private func containers(_ filter: String) async throws -> [ListedContainer] {
        try await podman.list(["ps", "--all", "--external", "--filter", filter], "containers could not be listed").map(ListedContainer.init)
    }

    private func networks() async throws -> [Resource] {
        try await podman.list(["network", "ls", "--filter", "label=\(Resource.Tag.owner)"], "networks could not be listed").compactMap(
            resource(ofNetwork:))
    }

    private func resource(ofNetwork value: Value) -> Resource? {
        let name = value["name"]?.string ?? value["Name"]?.string ?? ""
        return PodmanLabels.resource(
            PodmanLabels.read(value["labels"] ?? value["Labels"]), kind: PodmanPlatform.networkKind, name: name,
            id: value["id"]?.string ?? name)
    }

    /// Removes a resource and checks that it is gone. Leaves resources of other runs alone.
    ///
    /// - Throws: `InfrastructureError` if it still exists after several tries.
    func remove(_ resource: Resource) async throws {
        var why = "podman reported success, but it still exists"
        for attempt in 1...Self.tries {
            guard try await isThere(resource) else { return }
            if let complaint = try await tryToRemove(resource) { why = complaint }
            guard try await isThere(resource) else { return }
            try await Task.sleep(for: backoff.pause(before: attempt))
        }
        throw InfrastructureError(
            "\(resource.kind) \(resource.name) could not be removed", why: why,
            next: "podman \(removalWords(resource).joined(separator: " "))",
            type: .destroyPodman)
    }

    private func removalWords(_ resource: Resource) -> [String] {
        // Never remove a network by force: that would also remove its containers, even foreign ones.
        resource.kind == PodmanPlatform.networkKind ? ["network", "rm", resource.name] : ["rm", "--force", "--volumes", resource.name]
    }

    /// Podman's complaint; nil if it has none.
    private func tryToRemove(_ resource: Resource) async throws -> String? {
        do {
            let result = try await podman.run(removalWords(resource), timeout: .seconds(90))
            return result.succeeded || PodmanFault.isGone(result.errorOutput) ? nil : PodmanFault.brief(result.errorOutput)
        } catch let error as InfrastructureError { return error.why }
    }

    /// Whether this run's resource still exists.
    private func isThere(_ resource: Resource) async throws -> Bool {
        if resource.kind == PodmanPlatform.networkKind {
            guard let network = try await podman.network(resource.name) else { return false }
            return PodmanLabels.belongs(PodmanLabels.read(network["labels"] ?? network["Labels"]), to: resource.run)
        }
        if let container = try await podman.container(resource.name) {
            return PodmanLabels.belongs(container.labels, to: resource.run) || BuilderName.run(of: resource.name) == resource.run
        }
        return try await hasStorage(of: resource)
    }

    /// A killed `podman create` leaves a file system without labels; its name ends with our run's id.
    private func hasStorage(of resource: Resource) async throws -> Bool {
        guard resource.name.hasSuffix("-\(resource.run)") else { return false }
        return try await containers("name=^\(resource.name)$").contains { $0.name == resource.name && $0.isStorageOnly }
    }
}
