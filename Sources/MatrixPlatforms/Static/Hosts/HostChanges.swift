internal import MatrixCore

/// What a cell is about to change on a host that outlives it, as the ledger holds it: written before anything is changed, so that
/// it can be undone whenever the run ends, and however.
struct HostChanges: Sendable, Hashable, Codable {
    /// The accounts whose authorized_keys get keys, with each key's type and body.
    var keys: [String: [String]] = [:]
    /// Accounts that were not there.
    var accounts: [String] = []
    /// Shells that accounts had, by account.
    var shells: [String: String] = [:]
    /// Groups that accounts were not in, by account.
    var memberships: [String: String] = [:]
    /// Files that were not there.
    var files: [String] = []
    /// Packages that were not installed.
    var packages: [String] = []
    /// The host's name, where it is changed together with /etc/hosts.
    var hostName: String?
    /// What nobody but a reset step can undo.
    var unknown: [String] = []

    /// As people read it: what the reset takes off, and what it does not.
    var summary: [String] {
        var lines: [String] = []
        if !accounts.isEmpty { lines.append("account \(accounts.joined(separator: ", "))") }
        if !packages.isEmpty { lines.append("packages \(packages.joined(separator: ", "))") }
        if !keys.isEmpty { lines.append("keys of \(keys.keys.sorted().joined(separator: ", "))") }
        if hostName != nil { lines.append("host name and /etc/hosts") }
        return lines + unknown.map { "not undone by itself: \($0)" }
    }

    var value: Value {
        var value = Value(json: JSON.text(self)) ?? .map([:])
        if case .map(var members) = value {
            members["summary"] = .list(summary.map { .string($0) })
            value = .map(members)
        }
        return value
    }

    /// Reads what the ledger, or the host, holds.
    init?(_ value: Value) {
        guard let changes = try? JSON.decode(HostChanges.self, from: Array(value.json.utf8)) else { return nil }
        self = changes
    }

    init() {}
}
