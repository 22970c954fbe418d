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
        if let file {
            let made = try await PlatformMaker(state: state).make(asking: file)
            platforms.merge(made) { first, _ in first }
        }
        let asked = platforms.sorted { $0.key < $1.key }
        let answers = await mapConcurrently(asked, limit: 16) { name, platform -> (String, Result<[Resource], any Error>) in
            do {
                return (name, .success(try await withDeadline(.seconds(60)) { try await platform.owned() }))
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
        let maker = PlatformMaker(state: state)
        for name in Set(leases.filter { $0.resource.run == run }.map(\.resource.platform)) where platforms[name] == nil {
            do {
                if let record = try await state.ledger.run(run) { platforms[name] = try await maker.make(name, of: record) }
            } catch {
                findings.problems.append("\(name) could not be asked: \(error)")
            }
        }
    }
}
