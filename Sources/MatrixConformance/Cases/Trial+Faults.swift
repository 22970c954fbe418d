internal import MatrixCore

/// The cases in which calls to the outside go wrong.
extension Trial {
    /// Each call of a create loses its reply once: no resource is made twice, and none is forgotten.
    func lostReply() async throws {
        for number in strikes(of: try await changesOfCreate()) {
            let process = try await begin(strike: Strike(.lostReply, at: number))
            // An error is an honest answer, too.
            let made = try? await process.create()
            let what = "the reply to call \(number) of a create was lost"
            let found = try await another(process).remaining(of: process.run)
            let names = found.map { "\($0.kind) \($0.name)" }
            try expect(Set(names).count == names.count, "\(what): it was made twice: \(names.joined(separator: ", "))")
            if harness.promises[.listing] == .given {
                for resource in made ?? [] {
                    try expect(
                        found.contains { $0.name == resource.name && $0.id == resource.id },
                        "\(what): the id '\(resource.id)' of \(resource.name) is not that of what was made")
                }
            }
            try await reap(process, after: what)
        }
    }

    /// A run is killed at each call of its create and of its destroy, and reaped.
    func interruption() async throws {
        let intended = try await begin()
        for resource in intended.intents().joined() { _ = try await harness.ledger.intend(resource) }
        try await reap(intended, after: "killed before the first call of a create")
        for number in strikes(of: try await changesOfCreate()) {
            let process = try await begin(strike: Strike(.killed, at: number))
            _ = try? await process.create()
            try await reap(process, after: "killed at call \(number) of a create")
        }
        for number in strikes(of: try await changesOfDestroy()) {
            let process = try await begin()
            let made = try await process.create()
            _ = try? await another(process, strike: Strike(.killed, at: number)).destroy(made)
            try await reap(process, after: "killed at call \(number) of a destroy")
        }
    }

    /// Each call is answered with something senseless once: what is there is never said to be gone.
    func hostileAnswers() async throws {
        let process = try await begin()
        let made = try await process.create()
        try await senselessLists(process, made)
        let remover = try await another(process)
        try await remover.destroy(made)
        try await senselessDestroys(remover.line.calls)
        let creator = try await begin()
        let others = try await creator.create()
        try await creator.destroy(others)
        for number in strikes(of: creator.line.calls) {
            let nonsense = nonsense(number)
            let struck = try await begin(strike: Strike(.answered(nonsense), at: number, countsChanges: false))
            _ = try? await struck.create()
            try await reap(struck, after: "call \(number) of a create was answered with \(nonsense.name)")
        }
    }

    private func senselessLists(_ process: TrialProcess, _ made: [Resource]) async throws {
        let lister = try await another(process)
        let listed = try await lister.remaining(of: process.run)
        for nonsense in Nonsense.allCases {
            for number in strikes(of: lister.line.calls) {
                let struck = try await another(process, strike: Strike(.answered(nonsense), at: number, countsChanges: false))
                guard let found = try? await struck.remaining(of: process.run) else { continue }
                let names = Set(found.map(\.name))
                for resource in listed where !names.contains(resource.name) {
                    throw BrokenPromise("\(resource.name) is not listed if call \(number) is answered with \(nonsense.name)")
                }
            }
        }
    }

    private func senselessDestroys(_ calls: Int) async throws {
        for number in strikes(of: calls) {
            let nonsense = nonsense(number)
            let process = try await begin()
            let made = try await process.create()
            let struck = try await another(process, strike: Strike(.answered(nonsense), at: number, countsChanges: false))
            if (try? await struck.destroy(made)) != nil {
                for resource in made where try await isThere(resource, of: process) {
                    throw BrokenPromise(
                        "\(resource.name) is said to be gone if call \(number) of a destroy is answered with \(nonsense.name)")
                }
            }
            try await reap(process, after: "call \(number) of a destroy was answered with \(nonsense.name)")
        }
    }

    private func nonsense(_ number: Int) -> Nonsense { Nonsense.allCases[number % Nonsense.allCases.count] }

    private func changesOfCreate() async throws -> Int {
        let process = try await begin()
        let made = try await process.create()
        let changes = process.line.changes
        try await process.destroy(made)
        return changes
    }

    private func changesOfDestroy() async throws -> Int {
        let process = try await begin()
        let made = try await process.create()
        let remover = try await another(process)
        try await remover.destroy(made)
        return remover.line.changes
    }
}
