import MatrixCore

/// From whose point of view a check is asked.
enum Vantage: Sendable {
    case host(Host)
    /// The machine that this program runs on.
    case runner(any Transport)

    /// Unique within a cell.
    var name: String {
        switch self {
        case .host(let host): host.name
        // No host can have this name.
        case .runner: "<runner>"
        }
    }

    var transport: any Transport {
        switch self {
        case .host(let host): host.transport
        case .runner(let transport): transport
        }
    }

    /// The account that the probe script runs as; nil for the account that runs this program.
    var account: String? {
        switch self {
        case .host: "root"
        case .runner: nil
        }
    }

    /// Nil if the cell has no host of the role.
    init?(_ origin: CheckModifiers.Origin, asking host: Host, among hosts: [Host], runner: any Transport) {
        switch origin {
        case .host: self = .host(host)
        case .runner: self = .runner(runner)
        case .role(let role):
            guard
                let vantage = hosts.first(where: { $0.plan.role == role || $0.name == role })
                    ?? hosts.first(where: { $0.plan.groups.contains(role) })
            else { return nil }
            self = .host(vantage)
        }
    }

    /// The address by which a host is reached from here. A host behind a forwarded port of this machine also has an
    /// address for other hosts.
    func address(of host: Host) -> String {
        let endpoint = host.endpoint
        guard case .runner = self else { return endpoint.internalAddress }
        let isForwarded = endpoint.address.hasPrefix("127.") || endpoint.address == "localhost" || endpoint.address == "::1"
        return isForwarded ? endpoint.internalAddress : endpoint.address
    }
}
