import MatrixCore
import MatrixEngine

/// Asks the platforms of a state folder's runs, and of a matrix file, which resources they have.
struct LiveStatus {
    let state: StateFolder

    /// What was found, and which platforms could not be asked.
    struct Findings {
        var resources: [LiveResource] = []
        var problems: [String] = []
    }

    /// - Parameter file: a matrix file whose platforms are also asked.
    func find(file: String?) async throws -> Findings {
        let leases = try await state.ledger.open()
        var findings = Findings()
        var platforms: [String: any Platform] = [:]
        for run in Set(leases.map(\.resource.run)) { await add(run, leases, into: &platforms, &findings) }
        // What a dead run made need not have a lease: an unfinished image.
        for record in try await ownerless() { await add(record, record.platforms.keys.sorted(), into: &platforms, &findings) }
        if let file {
            let made = try await PlatformMaker(state: state).make(asking: file)
            platforms.merge(made) { first, _ in first }
        }
        let asked = platforms.sorted { $0.key < $1.key }
        let answers = await mapConcurrently(asked, limit: 16) { name, platform -> (String, Result<[Resource], any Error>) in
            do {
                return (name, .success(try await platform.owned(within: QuestionLimit.listing)))
            } catch {
                return (name, .failure(error))
            }
        }
        var owned: [String: [Resource]] = [:]
        for (name, answer) in answers {
            switch answer {
            case .success(let resources):
                owned[name, default: []] += resources.filter { $0.platform == name || platforms[$0.platform] == nil }
            case .failure(let error): findings.problems.append("\(name) could not be asked: \(error)")
            }
        }
        findings.resources = LiveResource.all(leases, owned: owned) { platforms[$0.platform]?.price(of: $0) }
        return findings
    }

    /// The platforms with resources of a run.
    private func add(_ run: RunID, _ leases: [Lease], into platforms: inout [String: any Platform], _ findings: inout Findings) async {
        let names = Set(leases.filter { $0.resource.run == run }.map(\.resource.platform))
        do {
            if let record = try await state.ledger.run(run) { await add(record, names.sorted(), into: &platforms, &findings) }
        } catch {
            findings.problems += names.sorted().map { "\($0) could not be asked: \(error)" }
        }
    }

    private func add(
        _ record: RunRecord, _ names: [String], into platforms: inout [String: any Platform], _ findings: inout Findings
    ) async {
        let maker = PlatformMaker(state: state)
        for name in names where platforms[name] == nil {
            do { platforms[name] = try await maker.make(name, of: record) } catch {
                findings.problems.append("\(name) could not be asked: \(error)")
            }
        }
    }

    /// The runs that died, and those that the ledger has lost.
    private func ownerless() async throws -> [RunRecord] {
        let strays = try await state.strayRuns().compactMap { stray -> RunRecord? in
            if case .lost(let record) = stray.meaning { return record }
            return nil
        }
        return try await state.ledger.unfinishedRuns() + strays
    }
}
