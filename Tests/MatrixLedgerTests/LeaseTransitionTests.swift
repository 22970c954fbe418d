import MatrixCore
import Testing

@testable import MatrixLedger

@Suite struct LeaseTransitionTests {
    /// Rows: the state before; columns: absent, created, reachable, kept, leaked, destroyed; `-` for a refused change.
    static let table = """
        intended  intended created -       -    leaked destroyed
        created   -        created created kept leaked destroyed
        kept      -        kept    kept    kept leaked destroyed
        leaked    leaked   leaked  leaked  -    leaked destroyed
        destroyed -        -       -       -    leaked destroyed
        """

    static let cases: [(LeaseTransition.State, LeaseTransition, LeaseTransition.State?)] = table.split(separator: "\n").flatMap { line in
        let words = line.split(separator: " ").map(String.init)
        let transitions: [LeaseTransition] = [.absent, .created, .reachable, .kept, .leaked, .destroyed]
        return zip(transitions, words.dropFirst()).compactMap { transition, after in
            LeaseTransition.State(rawValue: words[0]).map { ($0, transition, LeaseTransition.State(rawValue: after)) }
        }
    }

    @Test func theTableIsWhole() { #expect(Self.cases.count == 30) }

    @Test(arguments: cases) func isAsTheTableSays(before: LeaseTransition.State, transition: LeaseTransition, after: LeaseTransition.State?)
        async throws
    {
        #expect(transition.state(after: before) == after)
        try await withTemporaryFolder { folder in
            let ledger = try SQLiteLedger(state: folder)
            try await ledger.begin(.sample())
            let lease = try await ledger.intend(.sample())
            try await bring(lease, to: before, ledger)
            let result = await Result { try await apply(transition, lease, ledger) }
            let state = try await ledger.open().first?.state.rawValue ?? "destroyed"
            #expect(state == (after ?? before).rawValue)
            #expect((try? result.get()) != nil || after == nil)
            if after == nil { #expect(throws: InfrastructureError.self) { try result.get() } }
        }
    }

    @Test func theMessageSaysWhatIsOnRecord() async throws {
        try await withTemporaryFolder { folder in
            let ledger = try SQLiteLedger(state: folder)
            try await ledger.begin(.sample())
            let lease = try await ledger.intend(.sample())
            try await ledger.destroyed(lease)
            let error = await #expect(throws: InfrastructureError.self) { try await ledger.created(lease, .sample(id: "x")) }
            #expect(
                error?.description
                    == "the ledger cannot record that container debian12-podman-\(sampleRun) was created: it is on record as destroyed; "
                    + "see what is there: matrix status --live")
            #expect(try await ledger.events(of: lease).map(\.event) == ["intended", "destroyed"])
        }
    }

    private func bring(_ lease: LeaseID, to state: LeaseTransition.State, _ ledger: SQLiteLedger) async throws {
        switch state {
        case .intended: break
        case .created: try await apply(.created, lease, ledger)
        case .kept:
            try await apply(.created, lease, ledger)
            try await apply(.kept, lease, ledger)
        case .leaked: try await apply(.leaked, lease, ledger)
        case .destroyed: try await apply(.destroyed, lease, ledger)
        }
    }

    private func apply(_ transition: LeaseTransition, _ lease: LeaseID, _ ledger: SQLiteLedger) async throws {
        switch transition {
        case .absent: _ = try await ledger.absent(lease)
        case .created: try await ledger.created(lease, .sample(id: "abc"))
        case .reachable: try await ledger.reachable(lease, at: .sample)
        case .kept: try await ledger.keep(lease)
        case .leaked: try await ledger.leaked(lease, why: "why")
        case .destroyed: try await ledger.destroyed(lease)
        }
    }
}

extension Result where Failure == any Error {
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
