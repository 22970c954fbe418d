internal import MatrixCore

/// The machines of a pool; an inventory is read once, at first use.
struct PoolSource: Sendable {
    let settings: StaticSettings
    let runner: any Transport
    private let reading = SingleFlight<[PoolMachine]>()

    init(_ settings: StaticSettings, runner: any Transport) {
        self.settings = settings
        self.runner = runner
    }

    /// - Throws: as ``AnsibleHosts/machines(in:group:)`` does.
    func machines() async throws -> [PoolMachine] {
        switch settings.source {
        case .hosts(let machines): return machines
        case .inventory(let path, let group):
            let hosts = AnsibleHosts(runner: runner, defaults: settings.defaults)
            return try await reading.value(path) { _ in try await hosts.machines(in: path, group: group) }
        }
    }
}
