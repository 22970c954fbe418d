internal import MatrixCore

/// The machines of a pool; an inventory is read once, at first use.
actor PoolSource {
    private let settings: StaticSettings
    private let runner: any Transport
    private var reading: Task<[PoolMachine], any Error>?

    init(_ settings: StaticSettings, runner: any Transport) {
        self.settings = settings
        self.runner = runner
    }

    /// - Throws: as ``AnsibleHosts/machines(in:group:)`` does.
    func machines() async throws -> [PoolMachine] {
        switch settings.source {
        case .hosts(let machines): return machines
        case .inventory(let path, let group):
            let task =
                reading
                ?? Task { [settings, runner] in
                    try await AnsibleHosts(runner: runner, defaults: settings.defaults).machines(in: path, group: group)
                }
            reading = task
            return try await task.value
        }
    }
}
