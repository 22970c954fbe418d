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
    /// The matrix file's `vars:`, for all hosts; free of secrets.
    var vars: [String: Value]

    init(
        cell: String, os: OperatingSystem, platform: String, run: RunID, members: [Member], point: [AxisValue] = [],
        vars: [String: Value] = [:]
    ) {
        self.cell = cell
        self.os = os
        self.platform = platform
        self.run = run
        self.members = members
        self.point = point
        self.vars = vars.filter { Self.isVariable($0.key) }
    }

    /// The inventory of a cell whose hosts exist.
    ///
    /// - Parameter vars: the cell's variables with everything resolved; nil for those of the plan that need no resolving.
    init(_ plan: CellPlan, hosts: [Host], run: RunID, vars: [String: Value]? = nil) {
        self.init(plan, members: hosts.map { Member(plan: $0.plan, endpoint: $0.endpoint) }, run: run, vars: vars)
    }

    /// The inventory of a cell whose hosts are known, running or kept.
    public init(_ plan: CellPlan, members: [Member], run: RunID, vars: [String: Value]? = nil) {
        self.init(
            cell: plan.name, os: plan.os, platform: plan.platform, run: run, members: members, point: plan.point,
            vars: vars ?? plan.vars.compactMapValues { try? Scope().render($0) })
    }

    /// Whether Ansible accepts a name for a variable.
    private static func isVariable(_ name: String) -> Bool {
        guard let first = name.first, first.isASCII, first.isLetter || first == "_" else { return false }
        return name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    }

    /// Ansible's variables of a host: how it is reached, and the cell that it belongs to.
    func variables(of member: Member) -> [String: Value] {
        let endpoint = member.endpoint
        var variables: [String: Value] = [
            "ansible_host": .string(endpoint.address), "ansible_port": .int(endpoint.port), "ansible_user": .string(endpoint.user),
            "ansible_ssh_private_key_file": .string(endpoint.keyFile), "ansible_ssh_common_args": .string(Self.sshArguments(endpoint)),
            "ansible_python_interpreter": "auto_silent", "solti_cell": .string(cell), "solti_os": .string(os.name),
            "solti_os_family": .string(os.family), "solti_platform": .string(platform), "solti_run": .string(run.value),
            "solti_role": .string(member.plan.role), "solti_host": .string(member.plan.label(in: members.map(\.plan))),
            "solti_address": .string(endpoint.internalAddress),
        ]
        if !point.isEmpty { variables["solti_axes"] = .map(Dictionary(point.map { ($0.axis, .string($0.value)) }) { _, last in last }) }
        return variables
    }

    /// Each group with the names of its hosts: role, `groups:`, system, its family, platform, the cell, and `test_platforms`,
    /// which holds them all. Sorted by name; hosts in plan order.
    var groups: [(name: String, hosts: [String])] {
        var groups: [String: [String]] = [:]
        for member in members {
            let names = [member.plan.role, os.name, os.family, platform, cell, "test_platforms"] + member.plan.groups
            for group in Set(names.map(Self.groupName)) { groups[group, default: []].append(member.plan.name) }
        }
        return groups.filter { !["all", "ungrouped"].contains($0.key) }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// The name of a group as Ansible allows it: letters, digits and `_`, with no digit in front.
    static func groupName(_ name: String) -> String {
        let text = String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
        return text.first?.isNumber == true ? "_\(text)" : text
    }

    /// The `-o` options of a host as one text that a shell-like parser splits again.
    static func sshArguments(_ endpoint: Endpoint) -> String {
        endpoint.options.map { "-o \(ShellQuoting.quote(quotedOption($0)))" }.joined(separator: " ")
    }

    /// `Key=value` with a value in double quotes if `ssh` would read its blanks as separators.
    static func quotedOption(_ option: String) -> String {
        guard let separator = option.firstIndex(of: "="), option.contains(" "), !option.contains("\"") else { return option }
        return "\(option[...separator])\"\(option[option.index(after: separator)...])\""
    }
}
