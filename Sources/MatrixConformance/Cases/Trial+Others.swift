internal import MatrixCore

/// The cases with resources that are not the run's.
extension Trial {
    /// A name that is taken is no reason to adopt what has it: neither another run's resource nor somebody's own.
    func adoption() async throws {
        let owner = try await begin()
        let theirs = try await owner.create()
        let claimant = try await begin()
        let names = zip(claimant.intents(), owner.intents()).map { ours, theirs in
            zip(ours, theirs).map { ours, theirs in
                var claim = ours
                claim.name = theirs.name
                // Without a list the name is the id.
                if !ours.id.isEmpty { claim.id = theirs.id }
                return claim
            }
        }
        let made = try? await claimant.create(names)
        for (claim, owned) in zip(made ?? [], theirs) {
            try expect(claim.id != owned.id, "\(owned.kind) \(owned.name) of another run was adopted by its name")
        }
        try await reapClaim(claimant, sparing: theirs, of: owner)
        try await owner.destroy(theirs)
        try await expectNothing(of: owner, after: "a name that another run has")
        try await adoptionOfStrangers()
    }

    private func reapClaim(_ claimant: TrialProcess, sparing theirs: [Resource], of owner: TrialProcess) async throws {
        for resource in try await harness.ledger.open().map(\.resource) where resource.run == claimant.run {
            // An error is an honest answer.
            try? await claimant.driver(of: resource).destroy(resource)
        }
        // What its reserve took has its own names: a run's cleanup finds it by the run alone.
        for resource in (try? await claimant.remaining(of: claimant.run)) ?? [] where resource.run == claimant.run {
            try? await claimant.driver(of: resource).destroy(resource)
        }
        for resource in theirs where try await canLook() {
            let isThere = try await isThere(resource, of: owner)
            try expect(isThere, "\(resource.kind) \(resource.name) was removed by a run whose resource has the same name")
        }
    }

    private func adoptionOfStrangers() async throws {
        let process = try await begin()
        let before = try await harness.inventory() ?? [:]
        guard let first = process.intents().first?.first, try await harness.putStranger(named: first) else { return }
        let strangers = try await harness.inventory() ?? [:]
        _ = try? await process.create()
        // The rest may be free hosts, which a create may take.
        let put = strangers.filter { before[$0.key] != $0.value }
        try await expectStrangers(put, after: "a create whose name somebody has")
        for lease in try await harness.ledger.open() where lease.resource.run == process.run {
            try? await process.driver(of: lease.resource).destroy(lease.resource)
        }
        try await expectStrangers(strangers, after: "a destroy whose name somebody has")
        try await harness.tidy()
    }

    /// Somebody's own things are not touched or listed by a create, a destroy and a reap.
    func strangers() async throws {
        guard try await harness.inventory() != nil else {
            throw Untried(reason: "only the driver sees what is there")
        }
        let named = try await begin("somebody")
        for resource in named.intents().joined() {
            guard try await harness.putStranger(named: resource) else {
                throw Untried(reason: "nothing of somebody else's can be put there")
            }
        }
        let strangers = try await harness.inventory() ?? [:]
        let process = try await begin()
        let made = try await process.create()
        let names = Set(named.intents().joined().map(\.name))
        for resource in try await process.owned() where names.contains(resource.name) {
            throw BrokenPromise("\(resource.name) is listed as ours without our tag")
        }
        try await process.destroy(made)
        for resource in named.intents().joined() {
            // An error is an honest answer: it is there, and it is not ours.
            try? await named.driver(of: resource).destroy(resource)
        }
        try await expectStrangers(strangers, after: "a create, a destroy and a destroy of its name")
        try await harness.tidy()
    }

    private func expectStrangers(_ strangers: [String: String], after what: String) async throws {
        guard let now = try await harness.inventory() else { return }
        for (name, state) in strangers.sorted(by: { $0.key < $1.key }) where now[name] != state {
            throw BrokenPromise("\(what): \(name), which is not ours, \(now[name] == nil ? "is gone" : "was changed")")
        }
    }
}
