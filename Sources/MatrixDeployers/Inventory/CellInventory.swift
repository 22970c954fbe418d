public import MatrixCore
import MatrixRemote

/// The hosts of a running or kept cell as Ansible and SSH see them, without open connections.
public struct CellInventory: Sendable {
    /// One host with how it is reached.
    public struct Member: Sendable {
        var plan: HostPlan
        var endpoint: Endpoint

        public init(plan: HostPlan, endpoint: Endpoint) {
            self.plan = plan
            self.endpoint = endpoint
        }
    }

    /// The cell's name.
    var cell: String
    var os: OperatingSystem
    var platform: String
    var run: RunID
    /// In plan order.
    var members: [Member]
    /// The values of all axes.
    var point: [AxisValue]
    /// What the matrix file sets; free of secrets.
    var variables: InventoryVariables
    /// Whether Ansible also reads inventories of the user's, whose variables could say how hosts are reached.
    var isBesideOthers = false
    /// The names of hosts on which sudo needs a terminal.
    var needingTerminal: Set<String> = []

    /// The inventory of a cell whose hosts exist, for a step.
    init(of context: CellContext, variables: InventoryVariables) {
        self.init(context.cell, context.hosts.map { Member(plan: $0.plan, endpoint: $0.endpoint) }, context.run, variables)
    }

    /// The inventory of a cell whose hosts are known, running or kept; with those variables that are known without a run.
    public init(_ plan: CellPlan, members: [Member], run: RunID) {
        self.init(plan, members, run, InventoryVariables(knownIn: plan, members))
    }

    init(_ plan: CellPlan, _ members: [Member], _ run: RunID, _ variables: InventoryVariables) {
        (cell, os, platform, point) = (plan.name, plan.os, plan.platform, plan.point)
        self.run = run
        self.members = members
        self.variables = variables
    }

    /// Ansible's variables of a host: how it is reached, and the cell that it belongs to.
    func connection(of member: Member) -> [String: Value] {
        let endpoint = member.endpoint
        var variables: [String: Value] = [
            "ansible_host": .string(endpoint.address), "ansible_port": .int(endpoint.port), "ansible_user": .string(endpoint.user),
            "ansible_ssh_private_key_file": .string(Self.isTakenAsWritten(endpoint.keyFile) ? endpoint.keyFile : ""),
            "ansible_ssh_common_args": .string(AnsibleTemplate.literal(Self.sshArguments(endpoint))),
            "ansible_python_interpreter": "auto_silent", "solti_cell": .string(cell), "solti_os": .string(os.name),
            "solti_os_family": .string(os.family), "solti_platform": .string(platform), "solti_run": .string(run.value),
            "solti_role": .string(member.plan.role), "solti_host": .string(member.plan.label(in: members.map(\.plan))),
            "solti_address": .string(endpoint.internalAddress),
        ]
        if !point.isEmpty { variables["solti_axes"] = .map(Dictionary(point.map { ($0.axis, .string($0.value)) }) { _, last in last }) }
        if needingTerminal.contains(member.plan.name) { variables["ansible_pipelining"] = false }
        return isBesideOthers ? variables.merging(shield(of: member)) { $1 } : variables
    }

    /// Variables that an inventory of the user's may set for all hosts, and which then would say how those of the cell are reached:
    /// each spelling counts, and the older one wins.
    private func shield(of member: Member) -> [String: Value] {
        let endpoint = member.endpoint
        let user = variables.hosts[member.plan.name]?["ansible_user"] ?? .string(endpoint.user)
        return [
            "ansible_connection": "ssh", "ansible_ssh_host": .string(endpoint.address), "ansible_ssh_port": .int(endpoint.port),
            "ansible_ssh_user": user, "ansible_ssh_extra_args": "", "ansible_ssh_args": .string(AnsibleSettings.sshArguments),
            "ansible_host_key_checking": true, "ansible_ssh_host_key_checking": true, "ansible_password": "", "ansible_ssh_pass": "",
            "ansible_ssh_password": "",
        ]
    }

    /// Each group with the names of its hosts. Sorted by name; hosts in plan order.
    var groups: [(name: String, hosts: [String])] {
        var groups: [String: [String]] = [:]
        for member in members {
            // In an inventory of the user's a group's name may have dashes.
            let asWritten = isBesideOthers ? Set(member.plan.groups).subtracting(["all", "ungrouped"]) : []
            for group in InventoryNames.groups(of: member.plan, os: os, platform: platform, cell: cell).union(asWritten) {
                groups[group, default: []].append(member.plan.name)
            }
        }
        return groups.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// Settings of the user's ssh_config that a program in the terminal's place cannot bear.
    private static let settled = ["RemoteCommand=none", "RequestTTY=no"]

    /// The options of a host as one text that a shell-like parser splits again.
    static func sshArguments(_ endpoint: Endpoint) -> String {
        let key = isTakenAsWritten(endpoint.keyFile) ? [] : ["IdentityFile=\(Endpoint.optionWord(endpoint.keyFile))"]
        let options = endpoint.options.map(quotedOption) + key + (endpoint.hasOwner ? settled : [])
        let configuration = endpoint.configuration.isEmpty ? [] : [endpoint.configuration.joined(separator: " ")]
        return (configuration + options.map { "-o \(ShellQuoting.quote($0))" }).joined(separator: " ")
    }

    /// Whether Ansible gives a key's path to `ssh` as it is: Ansible fills in templates, and puts the rest between quotes, where `ssh`
    /// replaces percent signs and variables.
    private static func isTakenAsWritten(_ path: String) -> Bool { !path.unicodeScalars.contains { "%\"\\{$".unicodeScalars.contains($0) } }

    /// `Key=value` with a value in double quotes if `ssh` would read its blanks as separators.
    static func quotedOption(_ option: String) -> String {
        guard let separator = option.firstIndex(of: "="), option.contains(" "), !option.contains("\"") else { return option }
        // A command is the rest of the line, quotes included.
        guard !option.hasPrefix("ProxyCommand=") else { return option }
        return "\(option[...separator])\"\(option[option.index(after: separator)...])\""
    }
}
