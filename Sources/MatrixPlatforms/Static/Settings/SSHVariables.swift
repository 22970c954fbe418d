internal import MatrixCore

/// How Ansible reaches a host by SSH: its variables with their old spellings. If several are set, Ansible takes the last of a list.
struct SSHVariables: Sendable {
    private static let addresses = ["ansible_host", "ansible_ssh_host"]
    private static let ports = ["ansible_port", "ansible_ssh_port"]
    private static let users = ["ansible_user", "ansible_ssh_user"]
    private static let keys = ["ansible_private_key_file", "ansible_ssh_private_key_file"]
    private static let argumentLists = ["ansible_ssh_args", "ansible_ssh_common_args", "ansible_ssh_extra_args"]
    private static let connections = ["ssh", "smart", "paramiko", "paramiko_ssh"]

    /// All variables that a pool reads of an inventory.
    static let names = addresses + ports + users + keys + argumentLists + ["ansible_connection", "solti_os", "solti_arch", "solti_roles"]

    let address: String?
    let port: String?
    let user: String?
    let key: String?
    /// In the order in which Ansible gives them to `ssh`, which takes the first of two settings.
    let arguments: [String]
    /// Those of them that stand before Ansible's own port and user.
    let firstArguments: [String]
    /// What else than SSH the host is reached by.
    let otherConnection: String?

    init(_ host: String, in listing: InventoryListing) {
        func last(_ names: [String]) -> String? { names.compactMap { listing.variable($0, of: host)?.text }.last }
        (address, port, user, key) = (last(Self.addresses), last(Self.ports), last(Self.users), last(Self.keys))
        arguments = Self.argumentLists.compactMap { listing.variable($0, of: host)?.text }
        firstArguments = Self.argumentLists.prefix(1).compactMap { listing.variable($0, of: host)?.text }
        otherConnection = last(["ansible_connection"]).flatMap { name in
            Self.connections.contains(name.split(separator: ".").last.map(String.init) ?? name) ? nil : name
        }
    }
}
