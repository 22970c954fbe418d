import MatrixCore

/// Takes an instance away and proves it by asking again.
struct LinodeRemoval: Sendable {
    let client: LinodeClient
    let tags: LinodeTags

    private var instances: LinodeInstances { LinodeInstances(client: client) }

    /// Removes what a resource stands for; what carries neither its run's tag nor its name is left alone.
    func remove(_ resource: Resource) async throws {
        try await linode("removing Linode \(resource.id.unlessEmpty ?? resource.name) (\(resource.name))") {
            if let instance = try await instance(of: resource) {
                guard instance.isOurs(resource) else { throw Self.foreign(instance, resource) }
                try await delete(instance.id)
            }
        }
        await tags.clean(after: resource)
    }

    private func instance(of resource: Resource) async throws -> LinodeInstance? {
        if let id = Int(resource.id) { return try await instances.find(id) }
        // Only the intent is known: what has its name is ours by its tag alone.
        return try await instances.find(label: resource.name).flatMap { $0.run == resource.run ? $0 : nil }
    }

    private static func foreign(_ instance: LinodeInstance, _ resource: Resource) -> InfrastructureError {
        InfrastructureError(
            "removing Linode \(instance.id)", why: "it is named \(instance.label) now and carries no tag of run \(resource.run): it is left alone",
            next: "delete it in the Cloud Manager if it is not wanted: https://cloud.linode.com/linodes/\(instance.id)", type: .linodeForeign,
            isTransient: false)
    }

    /// The answer is not believed, good or bad: only that it is not there any more says that it is gone.
    private func delete(_ id: Int) async throws {
        let request = LinodeRequest(.delete, LinodeInstances.path + ["\(id)"])
        try await retrying {
            do {
                _ = try await client.once(request)
            } catch let fault as LinodeFault {
                guard fault.kind == .transient || fault.kind == .missing else { throw fault }
                if try await instances.find(id) == nil { return }
                throw fault.kind == .missing ? Self.denied(request, fault) : fault
            }
            try await confirm(id, request)
        } pause: { error, attempt in
            (error as? LinodeFault).flatMap { client.pause(after: $0, attempt) }
        }
    }

    /// It is not there, says the answer, and is listed all the same: asked again.
    private static func denied(_ request: LinodeRequest, _ fault: LinodeFault) -> LinodeFault {
        LinodeFault(request, status: fault.status, "\(fault.message), but it is still there", .transient)
    }

    private func confirm(_ id: Int, _ request: LinodeRequest) async throws {
        for look in 1...client.pace.tries {
            guard let instance = try await instances.find(id) else { return }
            // Deleted, it says, and yet it runs: asked to go once more.
            if look > 3, instance.status != "deleting" { break }
            try await Task.sleep(for: client.pace.poll.pause(before: look))
        }
        throw LinodeFault(request, status: 200, "it was deleted, but is still there", .transient, mayBeDone: true)
    }
}
