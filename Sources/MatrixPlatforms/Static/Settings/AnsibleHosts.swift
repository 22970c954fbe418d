internal import Foundation
internal import MatrixCore

/// The hosts of an Ansible inventory, as `ansible-inventory --list` resolves it.
struct AnsibleHosts: Sendable {
    let runner: any Transport
    let defaults: StaticSettings.Defaults

    /// - Throws: `InfrastructureError` if the inventory cannot be read; `UsageError` with every host that lacks something.
    func machines(in path: String, group: String?) async throws -> [PoolMachine] {
        let command = Command(["ansible-inventory", "-i", path, "--list"], outputLimit: 16 << 20, timeout: .seconds(120))
        let result = try await runner.require(
            command, "reading the inventory \(path)",
            next: "try it: ansible-inventory -i \(ShellQuoting.quote(path)) --list; it comes with ansible-core")
        guard let list = Value(json: result.output), case .map(let groups) = list else {
            throw InfrastructureError(
                "reading the inventory \(path)", why: "ansible-inventory printed no JSON", isTransient: false, command: nil)
        }
        return try Listing(path: path, groups: groups, defaults: defaults).machines(of: group ?? "all")
    }

    /// What `--list` prints: groups with hosts and children, and the hosts' variables.
    private struct Listing {
        let path: String
        let groups: [String: Value]
        let defaults: StaticSettings.Defaults

        func machines(of group: String) throws -> [PoolMachine] {
            guard groups[group] != nil else {
                let known = groups.keys.filter { $0 != "_meta" }.sorted().joined(separator: ", ")
                throw UsageError("the inventory \(path) has no group \(group)", hint: "its groups are \(known)")
            }
            var problems: [Diagnostic] = []
            let machines = hosts(in: group).compactMap { name -> PoolMachine? in
                let machine = machine(name, poolGroup: group)
                if machine.os.isEmpty {
                    problems.append(
                        Diagnostic(
                            at: nil, "the host \(name) of \(path) names no system",
                            hint: "set its variable solti_os, or os: for the whole pool"))
                }
                return machine
            }
            if machines.isEmpty {
                problems.append(Diagnostic(at: nil, "the group \(group) of \(path) has no hosts", hint: "correct group:"))
            }
            for (id, twins) in Dictionary(grouping: machines, by: \.id).sorted(by: { $0.key < $1.key }) where twins.count > 1 {
                problems.append(
                    Diagnostic(
                        at: nil, "\(twins.map(\.name).joined(separator: " and ")) of \(path) have the same address: \(id)",
                        hint: "name each machine once"))
            }
            guard problems.isEmpty else { throw UsageError(problems) }
            return machines
        }

        private func machine(_ name: String, poolGroup: String) -> PoolMachine {
            func variable(_ key: String) -> String? { groups["_meta"]?["hostvars"]?[name]?[key].flatMap { $0 == .null ? nil : $0.text } }
            let roles = groups["_meta"]?["hostvars"]?[name]?["solti_roles"].map(Self.words)
            let memberships = groups.keys.sorted().filter {
                !["all", "ungrouped", "_meta", poolGroup].contains($0) && hosts(in: $0).contains(name)
            }
            return PoolMachine(
                name: name, address: variable("ansible_host") ?? name, port: variable("ansible_port").flatMap { Int($0) } ?? defaults.port,
                user: variable("ansible_user") ?? defaults.user ?? NSUserName(),
                key: variable("ansible_ssh_private_key_file").map {
                    FileReference.resolve($0, namedIn: path, home: ProcessInfo.processInfo.environment["HOME"])
                }
                    ?? defaults.key,
                os: variable("solti_os") ?? defaults.os ?? "", arch: variable("solti_arch") ?? defaults.arch, roles: roles ?? memberships)
        }

        private static func words(_ value: Value) -> [String] {
            if case .list(let elements) = value { return elements.map(\.text) }
            return value.text.split { $0 == "," || $0 == " " }.map(String.init)
        }

        /// The hosts of the group and of all groups below it, each once, in order.
        private func hosts(in group: String) -> [String] {
            var seen: Set<String> = []
            var waiting = [group]
            var known: Set<String> = []
            var hosts: [String] = []
            while !waiting.isEmpty {
                let name = waiting.removeFirst()
                guard known.insert(name).inserted, let group = groups[name] else { continue }
                hosts += (group["hosts"]?.elements ?? []).compactMap(\.string).filter { seen.insert($0).inserted }
                waiting += (group["children"]?.elements ?? []).compactMap(\.string)
            }
            return hosts
        }
    }
}
