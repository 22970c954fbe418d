internal import MatrixCore

/// What a cell is about to change on a host that outlives it. The ledger records it before the change: a reset can then undo it
/// whenever and however the run ends.
struct HostChanges: Sendable, Hashable, Codable {
    /// The keys (type and body) that are added to authorized_keys, by account.
    var keys: [String: [String]] = [:]
    /// Accounts that did not exist.
    var accounts: [String] = []
    /// Former shells, by account.
    var shells: [String: String] = [:]
    /// Groups that accounts join, by account.
    var memberships: [String: String] = [:]
    /// Files that did not exist.
    var files: [String] = []
    /// Packages that were not installed.
    var packages: [String] = []
    /// The host's former name, if it is changed (together with /etc/hosts).
    var hostName: String?
    /// What only a reset step can undo.
    var unknown: [String] = []

    /// For people: what the reset undoes, and what it does not.
    var summary: [String] {
        var lines: [String] = []
        if !accounts.isEmpty { lines.append("account \(accounts.joined(separator: ", "))") }
        if !packages.isEmpty { lines.append("packages \(packages.joined(separator: ", "))") }
        if !keys.isEmpty { lines.append("keys of \(keys.keys.sorted().joined(separator: ", "))") }
        if hostName != nil { lines.append("host name and /etc/hosts") }
        return lines + unknown.map { "not undone automatically: \($0)" }
    }

    var value: Value {
        var value = Value(json: JSON.text(self)) ?? .map([:])
        if case .map(var members) = value {
            members["summary"] = .list(summary.map { .string($0) })
            value = .map(members)
        }
        return value
    }

    /// Reads the record of the ledger.
    init?(_ value: Value) {
        guard let changes = try? JSON.decode(HostChanges.self, from: Array(value.json.utf8)) else { return nil }
        self = changes
    }

    /// Reads the record of the host: what was certain before, as the ledger has it, then what the host found, one change a line.
    init?(record lines: some Sequence<Substring>) {
        var iterator = lines.makeIterator()
        guard let changes = iterator.next().flatMap({ Value(json: String($0)) }).flatMap({ HostChanges($0) }) else { return nil }
        self = changes.adding(IteratorSequence(iterator))
    }

    /// The same with changes as ``ChangePreview/script`` prints them; other lines are left alone.
    func adding(_ lines: some Sequence<Substring>) -> HostChanges {
        lines.reduce(into: self) { changes, line in
            let words = line.split(separator: " ", maxSplits: 2).map(String.init)
            switch (words.first, words.count) {
            case ("account", 2): changes.accounts.append(words[1])
            case ("shell", 3): changes.shells[words[1]] = words[2]
            case ("group", 3): changes.memberships[words[1]] = words[2]
            case ("file", 2): changes.files.append(words[1])
            case ("package", 2): changes.packages.append(words[1])
            case ("name", 2): changes.hostName = words[1]
            case ("key", 3) where changes.keys[words[1]]?.contains(words[2]) != true: changes.keys[words[1], default: []].append(words[2])
            default: break
            }
        }
    }

    init() {}
}
