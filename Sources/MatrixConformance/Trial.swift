internal import MatrixCore
internal import MatrixEngine
internal import Synchronization

/// The trial of one promise: the runs that its case began, and what was there before.
final class Trial: Sendable {
    let harness: any ConformanceHarness
    /// The most strikes of one kind; they are spread evenly over the calls.
    let mostStrikes: Int
    private let before: [String: String]?
    private let runs = Mutex<[RunID]>([])

    init(_ harness: any ConformanceHarness, mostStrikes: Int) async throws {
        self.harness = harness
        self.mostStrikes = mostStrikes
        before = try await harness.inventory()
    }

    // MARK: - Processes

    /// A process of a new run.
    func begin(_ cell: String = "conformance", size: HostSize = HostSize(), strike: Strike? = nil) async throws -> TrialProcess {
        let run = RunID.make()
        runs.withLock { $0.append(run) }
        try await harness.ledger.begin(harness.record(of: run))
        return try await process(of: run, harness.cell(cell, size: size), strike: strike)
    }

    /// Another process of a run.
    func another(_ process: TrialProcess, strike: Strike? = nil) async throws -> TrialProcess {
        try await self.process(of: process.run, process.cell, strike: strike)
    }

    private func process(of run: RunID, _ cell: CellPlan, strike: Strike?) async throws -> TrialProcess {
        try await TrialProcess(harness, run: run, cell: cell, strike: strike)
    }

    /// Which of so many calls are struck, from one.
    func strikes(of calls: Int) -> [Int] {
        guard calls > mostStrikes else { return calls > 0 ? Array(1...calls) : [] }
        return (0..<mostStrikes).map { 1 + $0 * (calls - 1) / max(1, mostStrikes - 1) }
    }

    // MARK: - What must hold

    func expect(_ holds: Bool, _ otherwise: @autoclosure () -> String) throws {
        if !holds { throw BrokenPromise(otherwise()) }
    }

    /// Reaps a run from another process, as `matrix reap` does, and expects that nothing of it is left.
    func reap(_ process: TrialProcess, after what: String) async throws {
        let problems = try await reaped(process.run)
        try expect(problems.isEmpty, "\(what): the reap failed: \(problems.joined(separator: "; "))")
        try await expectNothing(of: process, after: what)
    }

    /// What a reap could not remove.
    private func reaped(_ run: RunID) async throws -> [String] {
        try await harness.repair()
        let process = try await self.process(of: run, harness.cell("conformance", size: HostSize()), strike: nil)
        let reaper = Reaper(ledger: harness.ledger, redactor: Redactor(), patience: harness.patience) { name, _ in
            process.driver(named: name)
        }
        var outcomes = await reaper.remove(try await harness.ledger.open().filter { $0.resource.run == run })
        if let record = try await harness.ledger.run(run) { outcomes += await reaper.close([record]) }
        return outcomes.compactMap(\.problem)
    }

    func expectNothing(of process: TrialProcess, after what: String) async throws {
        let left = try await another(process).remaining(of: process.run)
        try expect(left.isEmpty, "\(what): \(left.map(\.name).joined(separator: ", ")) is still listed")
        try await expectUnchanged(after: what)
        let open = try await harness.ledger.open().filter { $0.resource.run == process.run }
        try expect(open.isEmpty, "\(what): the ledger still has \(open.map(\.resource.name).joined(separator: ", "))")
    }

    /// Expects that all is there that was there before, and no more.
    func expectUnchanged(after what: String, beside more: [String: String] = [:]) async throws {
        guard let before, let after = try await harness.inventory() else { return }
        let expected = before.merging(more) { $1 }
        for (name, state) in after.sorted(by: { $0.key < $1.key }) where expected[name] != state {
            throw BrokenPromise("\(what): \(expected[name] == nil ? "\(name) is left" : "\(name) is not as it was: \(state)")")
        }
        for name in expected.keys.sorted() where after[name] == nil { throw BrokenPromise("\(what): \(name) is gone") }
    }

    /// Whether it can be seen that a resource exists.
    func canLook() async throws -> Bool {
        if harness.promises[.listing] == .given { return true }
        return try await harness.inventory() != nil
    }

    /// Whether a resource exists, as a process says that nothing meddles with.
    func isThere(_ resource: Resource, of process: TrialProcess) async throws -> Bool {
        let listed = try await another(process).remaining(of: process.run)
        if listed.contains(where: { $0.name == resource.name && $0.kind == resource.kind }) { return true }
        return try await harness.inventory()?.keys.contains { before?[$0] == nil && $0.contains(resource.name) } ?? false
    }

    // MARK: - The end

    /// Removes all that the case left.
    /// - Returns: what could not be removed.
    func sweep() async -> [String] {
        var left: [String] = []
        for run in runs.withLock(\.self) {
            do {
                left += try await reaped(run)
                if try await harness.ledger.run(run)?.exitStatus == nil { try await harness.ledger.end(run, exitStatus: .passed) }
            } catch { left.append("run \(run): \(error)") }
        }
        do { try await harness.tidy() } catch { left.append("\(error)") }
        return left
    }
}

/// A driver did not do what it promises.
struct BrokenPromise: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// A case that cannot be tried in these surroundings.
struct Untried: Error {
    let reason: String
}
