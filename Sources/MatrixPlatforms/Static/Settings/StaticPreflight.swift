internal import MatrixCore
import MatrixRemote
internal import Synchronization

/// Finds everything that a pool lacks, before anything is leased. Changes nothing on any host.
struct StaticPreflight: Sendable {
    let pool: String
    let source: PoolSource
    let book: any PoolBook
    let login: PoolLogin
    let silent: UnresponsiveHosts

    /// What is known about one machine; no complaint if it can be used.
    private struct Finding: Sendable {
        var machine: PoolMachine
        var facts: HostFacts?
        /// Why it cannot be used, and what to do.
        var complaint: (message: String, next: String?)?
    }

    /// As many hosts are asked at once: one that does not answer must not hold up others.
    private static let width = 64

    /// - Parameter possible: told each cell as soon as enough hosts for it have answered.
    func problems(of cells: [CellPlan], possible: @escaping @Sendable (String) -> Void) async -> [PreflightProblem] {
        let machines: [PoolMachine]
        let records: [String: PoolHost]
        do {
            machines = try await source.machines()
            records = Dictionary(try await book.hosts().map { ($0.machine, $0) }) { first, _ in first }
        } catch let error as UsageError {
            return error.diagnostics.map { PreflightProblem(.error, $0.message, next: $0.hint) }
        } catch {
            return [PreflightProblem(.error, "\(error)")]
        }
        let systems = Dictionary(cells.map { ($0.os.name, $0.os) }) { first, _ in first }
        let concerned = machines.filter { systems[$0.os] != nil }
        let usable = UsableHosts(cells, possible)
        let findings = await mapConcurrently(concerned, limit: Self.width) { machine in
            let finding = await look(at: machine, records[machine.id], systems[machine.os])
            if finding.complaint == nil { usable.add(machine) }
            return finding
        }
        return hostProblems(findings) + sizeProblems(cells, findings) + cells.compactMap { shortage(for: $0, machines, findings) }
    }

    private func look(at machine: PoolMachine, _ record: PoolHost?, _ system: OperatingSystem?) async -> Finding {
        if let quarantine = record?.quarantine {
            let why = "host \(machine.name) has been in quarantine since \(quarantine.since): \(quarantine.why)"
            return Finding(machine: machine, complaint: (why, "repair it, then: matrix pool lift \(machine.name)"))
        }
        do {
            let facts = try await login.with(machine) { transport, _ in
                if let known = transport.facts { return known }
                let script = Command.script(HostFacts.script, timeout: .seconds(30))
                return HostFacts(try await transport.require(script, "asking \(machine.name) what it is").output)
            }
            silent.note(machine, isSilent: false)
            return Finding(machine: machine, facts: facts, complaint: system.flatMap { complaint(machine, facts, $0) })
        } catch {
            silent.note(machine, isSilent: true)
            guard let error = error as? InfrastructureError else {
                // The run did without it, and has ended.
                let why = error is CancellationError ? "it has not answered so far (\(login.reason(of: machine)))" : "\(error)"
                return Finding(machine: machine, complaint: ("host \(machine.name): \(why)", nil))
            }
            return Finding(machine: machine, complaint: ("\(error.what): \(error.why)", error.next))
        }
    }

    private func complaint(_ machine: PoolMachine, _ facts: HostFacts, _ system: OperatingSystem) -> (message: String, next: String?)? {
        if !facts.isSystem(system.release) {
            return ("host \(machine.name) is \(facts.id) \(facts.version), not \(machine.os)", "correct its os in the settings of \(pool)")
        }
        if let arch = machine.arch, PoolMachine.architecture(arch) != PoolMachine.architecture(facts.arch) {
            return ("host \(machine.name) is \(facts.arch), not \(arch)", "correct its arch in the settings of \(pool)")
        }
        guard facts.isAdministrator else {
            let refusal = SudoRefusal(facts.refusal, user: machine.user) ?? SudoRefusal.password(of: machine.user)
            return ("on host \(machine.name) the account \(machine.user) \(refusal.why)", refusal.next)
        }
        return nil
    }

    /// A host that cannot be used is no error by itself: the pool may have others.
    private func hostProblems(_ findings: [Finding]) -> [PreflightProblem] {
        findings.compactMap { finding in
            finding.complaint.map { PreflightProblem(.warning, $0.message, next: $0.next) }
        }
    }

    /// Hosts without a size in the settings that are too small for a cell.
    private func sizeProblems(_ cells: [CellPlan], _ findings: [Finding]) -> [PreflightProblem] {
        let sizes = cells.flatMap { cell in cell.hosts.map { (cell, $0) } }
        return findings.compactMap { finding in
            guard let memory = finding.facts?.memory, finding.machine.size.memory == nil else { return nil }
            let asking = sizes.filter { cell, host in finding.machine.fits(host, of: cell) && host.size.memory ?? 0 > memory + memory / 8 }
            guard let most = asking.compactMap(\.1.size.memory).max() else { return nil }
            return PreflightProblem(
                .warning, cells: Array(Set(asking.map(\.0.name))).sorted(),
                "host \(finding.machine.name) has \(ByteSize.brief(memory)) of memory, but a cell asks for \(ByteSize.brief(most))",
                next: "write its size in the settings of \(pool), so that it is not lent to such cells")
        }
    }

    /// Whether a cell can ever have its hosts here.
    private func shortage(for cell: CellPlan, _ machines: [PoolMachine], _ findings: [Finding]) -> PreflightProblem? {
        let all = HostAssignment(cell: cell, machines: machines)
        let unusable = Set(findings.filter { $0.complaint != nil }.map(\.machine.id))
        if HostAssignment(cell: cell, machines: machines.filter { !unusable.contains($0.id) }).isPossible { return nil }
        let fitting = machines.filter { machine in cell.hosts.contains { machine.fits($0, of: cell) } }
        let has =
            fitting.isEmpty
            ? "none that fits" : fitting.map { unusable.contains($0.id) ? "\($0.name) (unusable)" : $0.name }.joined(separator: ", ")
        let reasons = findings.filter { fitting.contains($0.machine) }.compactMap { $0.complaint?.message }
        let message = "the pool \(pool) is too small: \(cell.name) needs \(all.wish), and there is \(has)"
        return PreflightProblem(
            .error, cells: [cell.name], ([message] + reasons).joined(separator: "; "),
            next: reasons.isEmpty ? "add hosts to the pool, or correct their os, roles and size" : nil)
    }
}

/// The hosts that have answered and can be used, while others are still asked.
private final class UsableHosts: Sendable {
    private struct State {
        var machines: [PoolMachine] = []
        var undecided: [CellPlan]
    }

    private let possible: @Sendable (String) -> Void
    private let state: Mutex<State>

    init(_ cells: [CellPlan], _ possible: @escaping @Sendable (String) -> Void) {
        self.possible = possible
        state = Mutex(State(undecided: cells))
    }

    func add(_ machine: PoolMachine) {
        let decided = state.withLock { state -> [String] in
            state.machines.append(machine)
            let decided = state.undecided.filter { cell in
                cell.hosts.contains { machine.fits($0, of: cell) } && HostAssignment(cell: cell, machines: state.machines).isPossible
            }.map(\.name)
            let names = Set(decided)
            state.undecided.removeAll { names.contains($0.name) }
            return decided
        }
        decided.forEach(possible)
    }
}
