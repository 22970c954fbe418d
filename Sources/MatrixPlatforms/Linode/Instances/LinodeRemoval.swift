import MatrixCore

/// Removes an instance, and proves it by a second request.
struct LinodeRemoval: Sendable {
    let client: LinodeClient
    let tags: LinodeTags

    /// Removes the resource's instance. An instance without the run's tag and the resource's name is left alone.
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
        if let id = Int(resource.id) { return try await client.instance(id) }
        // Only the intent is known: an instance with this name is ours only if it has the run's tag.
        return try await client.instance(label: resource.name).flatMap { $0.run == resource.run ? $0 : nil }
    }

    private static func foreign(_ instance: LinodeInstance, _ resource: Resource) -> InfrastructureError {
        InfrastructureError(
            "removing Linode \(instance.id)",
            why: "its name is now \(instance.label) and it has no tag of run \(resource.run), so matrix does not remove it",
            next: "if nobody needs it, delete it in the Cloud Manager: https://cloud.linode.com/linodes/\(instance.id)",
            type: .linodeForeign,
            isTransient: false)
    }

    /// The reply proves nothing: the instance is gone only if it cannot be found any more.
    private func delete(_ id: Int) async throws {
        let request = LinodeRequest(.delete, LinodeInstance.path + ["\(id)"])
        try await retrying {
            do {
                _ = try await client.once(request)
            } catch let fault as LinodeFault {
                guard fault.kind == .transient || fault.kind == .missing else { throw fault }
                if try await client.instance(id) == nil { return }
                throw fault.kind == .missing ? Self.denied(request, fault) : fault
            }
            try await confirm(id, request)
        } pause: { error, attempt in
            (error as? LinodeFault).flatMap { client.pause(after: $0, attempt) }
        }
    }

    /// The reply says that it does not exist, but it is still listed: so retry.
    private static func denied(_ request: LinodeRequest, _ fault: LinodeFault) -> LinodeFault {
        LinodeFault(request, status: fault.status, "\(fault.message), but it still exists", .transient)
    }

    private func confirm(_ id: Int, _ request: LinodeRequest) async throws {
        for look in 1...client.pace.tries {
            guard let instance = try await client.instance(id) else { return }
            // The server accepted the delete, but the instance still runs: delete it again.
            if look > 3, instance.status != "deleting" { break }
            try await Task.sleep(for: client.pace.poll.pause(before: look))
        }
        throw LinodeFault(request, status: 200, "the server accepted the delete, but it still exists", .transient, mayBeDone: true)
    }
}
