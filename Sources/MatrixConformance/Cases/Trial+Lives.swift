internal import MatrixCore

/// The cases of a life without trouble.
extension Trial {
    /// A host is made, can be reached, and is gone after its destroy.
    func life() async throws {
        let process = try await begin()
        let made = try await process.create()
        let hosts = made.filter { $0.host != nil }
        try expect(!hosts.isEmpty, "the resources of a cell with one host have no host")
        for resource in made { try expect(!resource.id.isEmpty, "\(resource.name) was created without an id") }
        for host in hosts {
            let endpoint = try await process.ready(host)
            try expect(!endpoint.address.isEmpty, "\(host.name) is ready without an address")
            try await harness.reach(endpoint, of: host)
        }
        try await process.destroy(made)
        try await expectNothing(of: process, after: "a create and a destroy")
        try await reap(process, after: "a reap of a run that is over")
    }

    /// Removing what is not there is a success, and a removal without effect is none.
    func absence() async throws {
        let process = try await begin()
        let made = try await process.create()
        let remover = try await another(process)
        try await remover.destroy(made)
        for resource in made.reversed() {
            do { try await remover.driver(of: resource).destroy(resource) } catch {
                throw BrokenPromise("the second destroy of \(resource.name) is an error: \(error)")
            }
        }
        let never = try await begin("never-made")
        for resource in never.intents().joined() {
            do { try await never.driver(of: resource).destroy(resource) } catch {
                throw BrokenPromise("the destroy of \(resource.name), which was never made, is an error: \(error)")
            }
        }
        for number in strikes(of: remover.line.changes) { try await pretend(number) }
    }

    /// Lets one call of a destroy report success without doing anything.
    private func pretend(_ number: Int) async throws {
        let process = try await begin()
        let made = try await process.create()
        let remover = try await another(process, strike: Strike(.pretended, at: number))
        // An error is an honest answer.
        guard (try? await remover.destroy(made)) != nil else { return try await reap(process, after: "a destroy without effect") }
        for resource in made where try await isThere(resource, of: process) {
            throw BrokenPromise("call \(number) of a destroy had no effect, and \(resource.name) is said to be gone")
        }
    }

    /// What two runs make at once is apart, also if it has the same names.
    func separation() async throws {
        let (one, two) = (try await begin("one"), try await begin("two"))
        async let first = one.create()
        async let second = two.create()
        let (ours, theirs) = try await (first, second)
        let ids = Set(ours.map { "\($0.kind) \($0.id)" })
        for resource in theirs {
            try expect(!ids.contains("\(resource.kind) \(resource.id)"), "two runs have the same \(resource.kind) \(resource.id)")
        }
        for (process, other) in [(one, two), (two, one)] {
            for resource in try await another(process).remaining(of: process.run) where resource.run != process.run {
                throw BrokenPromise("\(resource.name) of run \(other.run) is listed as one of run \(process.run)")
            }
        }
        try await one.destroy(ours)
        for resource in theirs where try await canLook() {
            let isThere = try await isThere(resource, of: two)
            try expect(isThere, "\(resource.name) is gone with another run's resources")
        }
        for host in theirs where host.host != nil { _ = try await two.ready(host) }
        try await two.destroy(theirs)
        try await expectNothing(of: two, after: "two runs at once")
    }
}
