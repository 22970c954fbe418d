internal import Foundation
internal import MatrixCore

/// The hosts of an Ansible inventory, as Ansible itself reads them.
struct AnsibleHosts: Sendable {
    let runner: any Transport
    let defaults: StaticSettings.Defaults
    /// The pool's own known_hosts file.
    var knownHosts: String?

    /// Ansible would only warn of a file that it cannot read, and go on without that file's hosts.
    static let environment = ["ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "1", "LC_ALL": "C.UTF-8"]

    /// - Throws: `InfrastructureError` if the inventory cannot be read; `UsageError` with every host that lacks something.
    func machines(in path: String, group: String?) async throws -> [PoolMachine] {
        let command = Command(
            ["ansible-inventory", "-i", path, "--list"], environment: Self.environment, outputLimit: 16 << 20, timeout: .seconds(120))
        let result = try await runner.require(
            command, "reading the inventory \(path)",
            next: "try it: ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED=1 ansible-inventory -i \(ShellQuoting.quote(path)) --list; "
                + "it comes with ansible-core")
        guard let list = Value(json: result.output), case .map(let groups) = list else {
            throw InfrastructureError(
                "reading the inventory \(path)", why: "ansible-inventory printed no JSON", isTransient: false, command: nil)
        }
        var listing = InventoryListing(path: path, groups: groups)
        let names = try listing.hosts(of: group ?? "all")
        try await InventoryTemplates(runner: runner).resolve(in: &listing, of: names)
        return try machines(names, of: group ?? "all", in: listing)
    }

    private func machines(_ names: [String], of group: String, in listing: InventoryListing) throws -> [PoolMachine] {
        var problems: [Diagnostic] = []
        let machines = names.map { machine($0, group, listing, &problems) }
        if machines.isEmpty {
            problems.append(Diagnostic(at: nil, "the group \(group) of \(listing.path) has no hosts", hint: "correct group:"))
        }
        guard problems.isEmpty else { throw UsageError(problems) }
        return machines
    }

    private func machine(_ name: String, _ group: String, _ listing: InventoryListing, _ problems: inout [Diagnostic]) -> PoolMachine {
        let variables = SSHVariables(name, in: listing)
        func complain(_ message: String, hint: String) {
            problems.append(Diagnostic(at: nil, "the host \(name) of \(listing.path) \(message)", hint: hint))
        }
        let os = listing.variable("solti_os", of: name)?.text ?? defaults.os ?? ""
        if os.isEmpty { complain("names no system", hint: "set its variable solti_os, or os: for the whole pool") }
        if let connection = variables.otherConnection {
            complain("is reached by \(connection), not by SSH", hint: "name a group without it in group:, or change its ansible_connection")
        }
        if let address = variables.address, !HostGrammar.isAddress(address) {
            complain("has the address '\(address)', which is none", hint: "correct its ansible_host")
        }
        if !HostGrammar.isName(name) { complain("has a name that SSH cannot take", hint: "use letters, digits and _ . : -") }
        let options = SSHArguments(variables.arguments)
        let first = SSHArguments(variables.firstArguments)
        let user = first.user ?? variables.user ?? options.user ?? defaults.user
        if let user, !HostGrammar.isUser(user) {
            complain("has the user '\(user)', which cannot be one", hint: "correct its ansible_user")
        }
        let number = first.port ?? variables.port ?? options.port
        let port = number.map { Int($0) } ?? defaults.port
        if let number, !(1...65535).contains(Int(number) ?? 0) {
            complain("has the port '\(number)', which is none", hint: "correct its ansible_port")
        }
        for word in options.unknown {
            complain("has '\(word)' in its arguments for ssh", hint: "write it as -o KEY=VALUE in ansible_ssh_common_args")
        }
        for setting in options.impossible {
            complain("has '\(setting)' in its arguments for ssh, which matrix cannot follow", hint: "remove it there")
        }
        if knownHosts == nil, let setting = options.hostKeyFiles.first {
            complain(
                "has '\(setting)' in its arguments for ssh", hint: "name the file in known_hosts: of the pool, whose keys then count")
        }
        let key = variables.key.map {
            FileReference.resolve($0, namedIn: listing.path, home: ProcessInfo.processInfo.environment["HOME"])
        }
        return PoolMachine(
            name: name, address: variables.address ?? name, port: port ?? 22, user: user ?? NSUserName(),
            open: PoolMachine.open(port: port, user: user), hostKeyAlias: options.hostKeyAlias, key: key ?? defaults.key, os: os,
            arch: listing.variable("solti_arch", of: name)?.text ?? defaults.arch,
            roles: listing.variable("solti_roles", of: name).map(Self.words) ?? listing.groups(of: name, beside: group),
            options: options.settings)
    }

    private static func words(_ value: Value) -> [String] {
        if case .list(let elements) = value { return elements.map(\.text) }
        return value.text.split { $0 == "," || $0 == " " }.map(String.init)
    }
}
