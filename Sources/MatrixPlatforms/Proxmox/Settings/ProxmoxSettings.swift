import MatrixCore

/// A `proxmox` platform's settings, read and checked.
struct ProxmoxSettings: Sendable {
    enum Transport: String, Sendable, CaseIterable {
        case api
        case ssh
    }

    /// How to log in to the node by SSH.
    struct Shell: Sendable, Hashable {
        var host: String
        var port: Int
        var user: String
        var sudo: Bool
        /// The private key's absolute path.
        var key: String
        var knownHosts: String
    }

    enum CloneKind: String, Sendable, CaseIterable {
        case linked
        case full
    }

    /// How a machine's address is found.
    enum AddressSource: String, Sendable, CaseIterable {
        case auto
        case agent
        case neighbour
        case `static`
    }

    /// Which template the machines of a cell are cloned from.
    enum TemplateChoice: Sendable, Hashable {
        /// The newest one of the system. A missing one is built.
        case auto
        /// The newest one of the system. It must exist.
        case required
        /// This one, by name or VMID.
        case pinned(String)
    }

    var transport: Transport
    var endpoint: ProxmoxEndpoint?
    var tokenID: String?
    var loginUser: String?
    var trust: ServerTrust
    var shell: Shell?
    /// At least one.
    var nodes: [String]
    var vmids: ClosedRange<Int>
    /// The storage of full clones and new templates; nil for the template's storage.
    var storage: String?
    /// The first network card.
    var card: NetworkCard
    /// Further network cards: net1 and so on.
    var moreCards: [NetworkCard]
    var pool: String?
    /// Further tags, next to our own.
    var tags: [String]
    var clone: CloneKind
    var address: AddressSource
    var addresses: AddressPool?
    var nameservers: [String]
    var searchDomain: String?
    /// The account that cloud-init makes, with sudo.
    var user: String
    /// How long to wait for a silent guest agent; nil: depends on the system and on the other sources of an address.
    var agentPatience: Duration?
    var templates: TemplateChoice
    var build: TemplateBuildSettings

    /// Names this cluster in claims, so that two settings files for one cluster do not use the same ids.
    var cluster: String {
        let host = endpoint.map(\.authority) ?? shell?.host ?? nodes[0]
        return host.lowercased()
    }

    var bridge: String? { card.bridge }

    /// Whether machines get their address before they start.
    var isStatic: Bool { address == .static || address == .auto && addresses != nil }
}
