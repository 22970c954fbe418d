internal import MatrixCore
internal import Synchronization

/// Hosts that this process has opened, by the names of their resources.
final class OpenedHosts: Sendable {
    private struct State {
        var waiting: [String: HostOpening.Opened] = [:]
        var facts: [String: HostFacts] = [:]
    }

    private let state = Mutex(State())

    /// Notes a host that was opened when it was reserved.
    func add(_ host: HostOpening.Opened, as resource: String) {
        state.withLock { $0.waiting[resource] = host }
        note(host.facts, of: resource)
    }

    /// The host that was opened for a resource, once: a later create opens it anew.
    func take(_ resource: String) -> HostOpening.Opened? { state.withLock { $0.waiting.removeValue(forKey: resource) } }

    /// Notes what a host said when it was opened.
    func note(_ facts: HostFacts, of resource: String) { state.withLock { $0.facts[resource] = facts } }
    func facts(of resource: String) -> HostFacts? { state.withLock { $0.facts[resource] } }
}
