internal import MatrixCore

/// Finds our containers and networks, removes them and checks that they are gone.
struct PodmanRemoval: Sendable {
    let podman: Podman
    let platform: String
    /// The run whose listings these are; resources of other runs are looked up one by one.
    var run: RunID?
    let listings: PodmanListings

    /// The pauses between tries.
    var backoff = Backoff(first: .milliseconds(150), factor: 2, most: .seconds(4))

    private static let tries = 7

    /// Everything with our labels, and image builders; containers before their networks.
    func found() async throws -> [Resource] {
        async let builders = podman.containers("name=^\(BuilderName.prefix)")
        async let hosts = podman.containers("label=\(Resource.Tag.owner)")
        async let nets = podman.networks()
        return try await readable((hosts + builders).compactMap { $0.resource(platform: platform) } + nets)
    }

    /// - Throws: `InfrastructureError` if one has no readable name: it is ours, but could be neither removed nor seen to be gone.
    private func readable(_ found: [Resource]) throws -> [Resource] {
        for resource in found where !HostGrammar.isName(resource.name) {
            throw InfrastructureError(
                "podman lists a \(resource.kind) of run \(resource.run)", why: "its name cannot be read", next: "see: podman ps --all",
                type: .podman, isTransient: false)
        }
        return found
    }

    /// The same for one run, with what a killed `podman run` left: that has no labels, but the run's id in its name.
    func found(of run: RunID) async throws -> [Resource] {
        async let nets = networks(of: run)
        return try await readable(containers(of: run) + nets)
    }

    private func containers(of run: RunID) async throws -> [Resource] {
        let listed = try await run == self.run ? listings.containers.items() : podman.containers("name=-\(run)$")
        let labelled = listed.compactMap { $0.resource(platform: platform) }.filter { $0.run == run }
        let names = Set(labelled.map(\.name))
        // Podman's filters let all pass that exist only as storage: those of other programs, too.
        let remains = listed.filter { $0.isStorageOnly && $0.name.hasSuffix("-\(run)") && !names.contains($0.name) }.map { container in
            Resource(platform: platform, kind: PodmanPlatform.containerKind, name: container.name, id: container.id, run: run, cell: "")
        }
        return remains + labelled
    }

    private func networks(of run: RunID) async throws -> [Resource] {
        try await (run == self.run ? listings.networks.items() : podman.networks()).filter { $0.run == run }
    }

    /// Removes a resource and checks that it is gone. Leaves resources of other runs alone.
    ///
    /// - Throws: `InfrastructureError` if it still exists after several tries.
    func remove(_ resource: Resource) async throws {
        // What has an id was made or found by us; anything else may only have the name.
        if resource.id.isEmpty, try await remainder(of: resource) == nil { return }
        var why = "podman reported success, but it still exists"
        var id = resource.id
        for attempt in 1...Self.tries {
            if let complaint = try await tryToRemove(resource, id) { why = complaint }
            guard let left = try await remainder(of: resource) else { return }
            id = left.id
            try await Task.sleep(for: backoff.pause(before: attempt))
        }
        throw InfrastructureError(
            "\(resource.kind) \(resource.name) could not be removed", why: why,
            next: "podman \(removalWords(resource, resource.name).joined(separator: " "))",
            type: .destroyPodman)
    }

    private func removalWords(_ resource: Resource, _ target: String) -> [String] {
        // Never remove a network by force: that would also remove its containers, even foreign ones.
        resource.kind == PodmanPlatform.networkKind ? ["network", "rm", target] : ["rm", "--force", "--volumes", target]
    }

    /// Podman's complaint; nil if it has none.
    private func tryToRemove(_ resource: Resource, _ id: String) async throws -> String? {
        let words = removalWords(resource, id.isEmpty ? resource.name : id)
        let work: @Sendable () async throws -> String? = {
            do {
                let result = try await podman.run(words, timeout: .seconds(90))
                return result.succeeded || PodmanFault.isGone(result.errorOutput) ? nil : PodmanFault.brief(result.errorOutput)
            } catch let error as InfrastructureError {
                await listings.distrust()
                return error.why
            }
        }
        if resource.kind == PodmanPlatform.networkKind { return try await listings.networks.changing(work) }
        return try await listings.containers.changing(work)
    }

    /// What is still there of this run's resource, with its present id.
    private func remainder(of resource: Resource) async throws -> Resource? {
        let found =
            try await resource.kind == PodmanPlatform.networkKind ? networks(of: resource.run) : containers(of: resource.run)
        // By its id, too: a name that was changed or cannot be read does not make it gone.
        return found.first { $0.name == resource.name || (!resource.id.isEmpty && $0.id == resource.id) }
    }
}
