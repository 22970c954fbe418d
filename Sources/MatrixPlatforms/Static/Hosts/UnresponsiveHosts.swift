internal import MatrixCore
internal import Synchronization

/// Hosts that did not answer this process lately, or that others hold. They are lent last.
final class UnresponsiveHosts: Sendable {
    private let silent = Mutex<Set<String>>([])

    func note(_ machine: PoolMachine, isSilent: Bool) {
        silent.withLock { if isSilent { $0.insert(machine.id) } else { $0.remove(machine.id) } }
    }

    /// The machines, responsive ones first.
    func last(_ machines: [PoolMachine]) -> [PoolMachine] {
        let silent = silent.withLock { $0 }
        return machines.filter { !silent.contains($0.id) } + machines.filter { silent.contains($0.id) }
    }
}
