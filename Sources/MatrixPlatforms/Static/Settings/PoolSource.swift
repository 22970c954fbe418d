internal import MatrixCore
internal import MatrixRemote

/// The machines of a pool as `ssh` reaches them; an inventory is read and `ssh` is asked once, at first use.
struct PoolSource: Sendable {
    let settings: StaticSettings
    let runner: any Transport
    private let reading = SingleFlight<[PoolMachine]>()

    /// As many are asked for at once.
    private static let width = 8

    init(_ settings: StaticSettings, runner: any Transport) {
        self.settings = settings
        self.runner = runner
    }

    /// - Throws: as ``AnsibleHosts/machines(in:group:)`` does; `InfrastructureError` if `ssh` cannot read its configuration;
    ///   `UsageError` if two names lead to one machine.
    func machines() async throws -> [PoolMachine] {
        try await reading.value("machines") { _ in
            let settled = await mapConcurrently(try await written(), limit: Self.width) { machine -> Result<PoolMachine, any Error> in
                do { return .success(try await settle(machine)) } catch { return .failure(error) }
            }
            return try Self.distinct(try settled.map { try $0.get() })
        }
    }

    private func written() async throws -> [PoolMachine] {
        switch settings.source {
        case .hosts(let machines): return machines
        case .inventory(let path, let group):
            let hosts = AnsibleHosts(runner: runner, defaults: settings.defaults, knownHosts: settings.knownHosts)
            return try await hosts.machines(in: path, group: group)
        }
    }

    private func settle(_ machine: PoolMachine) async throws -> PoolMachine {
        if machine.isSettled { return machine }
        return machine.settled(by: try await SSHSettings.ask(machine.words, of: machine.name, by: runner))
    }

    /// A machine that has two names would be lent twice.
    private static func distinct(_ machines: [PoolMachine]) throws -> [PoolMachine] {
        let twins = Dictionary(grouping: machines, by: \.id).filter { $0.value.count > 1 }.sorted { $0.key < $1.key }
        let problems = twins.map { id, twins in
            Diagnostic(
                at: nil, "\(twins.map(\.name).joined(separator: " and ")) have the same address: \(id)",
                hint: "name each machine once, with all its roles")
        }
        guard problems.isEmpty else { throw UsageError(problems) }
        return machines
    }
}
