import MatrixCore

/// Removes the account-wide tags that a run's instances leave behind, once nothing uses them any more.
///
/// Deleting a tag removes it from everything that has it: so never while this process is creating an instance.
actor LinodeTags {
    private let client: LinodeClient
    private var creates = 0
    private var cleaning: Task<Void, Never>?
    private var isRefused = false

    init(_ client: LinodeClient) {
        self.client = client
    }

    /// Runs a create. No tag is removed during it.
    nonisolated func whileCreating<R: Sendable>(_ work: () async throws -> R) async throws -> R {
        await begin()
        do {
            let result = try await work()
            await end()
            return result
        } catch {
            await end()
            throw error
        }
    }

    private func begin() async {
        while let cleaning { await cleaning.value }
        creates += 1
    }

    private func end() { creates -= 1 }

    /// Removes the tags of a resource that is gone, if nothing else has them. A tag that stays is not a leak: it costs nothing.
    func clean(after resource: Resource) async {
        while let cleaning { await cleaning.value }
        guard creates == 0, !isRefused, client.scopes?.allowsWriting("account") ?? true else { return }
        let labels = LinodeInstance.tags(of: resource).reversed()
        // The owner's tag may go too: instances are recognised by their run's tag.
        let work = Task {
            for label in labels where await !remove(label, of: resource) { break }
            // Not after the wait below: awaiting a finished task does not suspend the actor, so tasks that wait in the loops above would
            // spin.
            cleaning = nil
        }
        cleaning = work
        await work.value
    }

    /// - Returns: whether to go on with the next tag.
    private func remove(_ label: String, of resource: Resource) async -> Bool {
        do {
            let request = LinodeRequest(.get, ["tags", label], query: ["page": 1, "page_size": 25])
            guard case .list(let carriers) = try await client.send(request)["data"] else { return false }
            guard carriers.isEmpty else { return true }
            _ = try await client.send(LinodeRequest(.delete, ["tags", label]))
        } catch let fault as LinodeFault {
            if fault.kind == .missing { return true }
            if fault.kind == .scope || fault.kind == .credentials { isRefused = true }
            return false
        } catch {
            return false
        }
        return true
    }
}
