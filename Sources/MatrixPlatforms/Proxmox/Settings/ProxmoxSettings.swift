import MatrixCore

/// A `proxmox` platform's settings, read and judged.
struct ProxmoxSettings: Sendable {
    enum Transport: String, Sendable, CaseIterable {
        case api
        case ssh
    }

    /// How the node's shell is reached.
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

    /// Where a machine's address comes from.
    enum AddressSource: String, Sendable, CaseIterable {
        case auto
        case agent
        case neighbour
        case `static`
    }

    /// Which template a cell's machines are cloned from.
    enum TemplateChoice: Sendable, Hashable {
        /// The newest of the system; a missing one is built.
        case auto
        /// The newest of the system; it must be there.
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
    /// Where full clones and new templates go; nil for where the template is.
    var storage: String?
    var bridge: String?
    var pool: String?
    /// Tags beside our own.
    var tags: [String]
    var clone: CloneKind
    var address: AddressSource
    var addresses: AddressPool?
    var nameservers: [String]
    var searchDomain: String?
    /// The account that cloud-init makes, with sudo.
    var user: String
    /// How long a silent guest agent is waited for; nil for what the other sources of an address and the system suggest.
    var agentPatience: Duration?
    var templates: TemplateChoice
    var build: TemplateBuildSettings

    /// Names this cluster in claims, so that two settings files for one cluster do not use the same ids.
    var cluster: String {
        let host = endpoint.map(\.authority) ?? shell?.host ?? nodes[0]
        return host.lowercased()
    }

    /// Whether machines get their address before they start.
    var isStatic: Bool { address == .static || address == .auto && addresses != nil }
}
