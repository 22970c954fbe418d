internal import MatrixCore

/// What `ansible-inventory --list` prints: groups with hosts and children, and the hosts' variables.
struct InventoryListing: Sendable {
    let path: String
    private var groups: [String: Value]
    private var variables: [String: [String: Value]] = [:]

    init(path: String, groups: [String: Value]) {
        self.path = path
        self.groups = groups.filter { $0.key != "_meta" }
        guard case .map(let hosts)? = groups["_meta"]?["hostvars"] else { return }
        for (name, value) in hosts { if case .map(let members) = value { variables[name] = members } }
    }

    /// A host's variable; nil if it has none or null.
    func variable(_ name: String, of host: String) -> Value? {
        variables[host]?[name].flatMap { $0 == .null ? nil : $0 }
    }

    /// Replaces a variable by its value.
    mutating func set(_ name: String, of host: String, to value: Value) { variables[host, default: [:]][name] = value }

    /// The hosts of a group and of all groups below it, each once, in order.
    /// - Throws: `UsageError` if there is no such group.
    func hosts(of group: String) throws -> [String] {
        guard groups[group] != nil else {
            throw UsageError(
                "the inventory \(path) has no group \(group)", hint: "its groups are \(groups.keys.sorted().joined(separator: ", "))")
        }
        return hosts(below: group)
    }

    /// The groups that hold a host, but for `all` and the group that was asked for.
    func groups(of host: String, beside group: String) -> [String] {
        groups.keys.sorted().filter { !["all", "ungrouped", group].contains($0) && hosts(below: $0).contains(host) }
    }

    private func hosts(below group: String) -> [String] {
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
