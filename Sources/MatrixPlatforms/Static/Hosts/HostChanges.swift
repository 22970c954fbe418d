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

    /// Reads the record of the ledger or of the host.
    init?(_ value: Value) {
        guard let changes = try? JSON.decode(HostChanges.self, from: Array(value.json.utf8)) else { return nil }
        self = changes
    }

    init() {}
}
