/// What a host has at one moment: packages, units, ports, accounts, mounts, kernel parameters, the files of /etc.
public struct HostSurvey: Sendable, Hashable {
    /// What there is, by its name: `package loki` → `3.1.0`, `/etc/hosts` → `file 0644 root:root 9f86d081884c7d65`.
    public var entries: [String: String]

    public init(_ entries: [String: String] = [:]) {
        self.entries = entries
    }

    /// What differs from an earlier survey, by name.
    public func changes(since before: HostSurvey) -> [HostChange] {
        Set(entries.keys).union(before.entries.keys).sorted().compactMap { name in
            let (old, new) = (before.entries[name], entries[name])
            return old == new ? nil : HostChange(name, before: old, after: new)
        }
    }
}

/// One thing that a step changed on a host.
public struct HostChange: Sendable, Codable, Hashable {
    /// `package loki`, `unit loki.service`, `port tcp 127.0.0.1:3100`, `/etc/loki/config.yml`.
    public var what: String
    /// What it was; nil if it was not there.
    public var before: String?
    /// What it is now; nil if it is gone.
    public var after: String?

    public init(_ what: String, before: String? = nil, after: String? = nil) {
        self.what = what
        self.before = before
        self.after = after
    }

    /// `+` if it came, `-` if it went, `~` if it differs.
    public var sign: String { before == nil ? "+" : after == nil ? "-" : "~" }

    /// `~ package loki: 3.0.0 → 3.1.0`.
    public var line: String {
        "\(sign) \(what)" + (before == nil || after == nil ? "" : ": \(before ?? "") → \(after ?? "")")
    }
}

/// What a step may change on its hosts.
public struct ChangeRules: Sendable, Hashable {
    /// The names of what it may change, as globs; nil if it may change everything.
    public var allow: [String]?
    /// Those that it must not change in any case.
    public var forbid: [String]

    public init(allow: [String]? = nil, forbid: [String] = []) {
        self.allow = allow
        self.forbid = forbid
    }

    /// Why a change is wrong; nil if it is not.
    public func objection(to change: HostChange) -> String? {
        if let glob = forbid.first(where: { Glob.matches($0, change.what) }) { return "forbid: \(glob)" }
        guard let allow, !allow.contains(where: { Glob.matches($0, change.what) }) else { return nil }
        return "not in allow"
    }
}

/// Finds out what hosts have.
public protocol Surveyor: Sendable {
    /// Asks a host, in one round trip.
    ///
    /// - Throws: `InfrastructureError` if it did not answer.
    func survey(_ host: Host) async throws -> HostSurvey
}

extension HostChange {
    /// `14 changes: 3 package, 2 unit, 9 /etc`; `no changes`.
    public static func summary(of changes: [HostChange]) -> String {
        guard !changes.isEmpty else { return "no changes" }
        var order: [String] = []
        var counts: [String: Int] = [:]
        for change in changes {
            let kind = change.what.hasPrefix("/") ? "/etc" : String(change.what.prefix { $0 != " " })
            if counts.updateValue(counts[kind, default: 0] + 1, forKey: kind) == nil { order.append(kind) }
        }
        let parts = order.map { "\(counts[$0] ?? 0) \($0)" }.joined(separator: ", ")
        return "\(changes.count) \(changes.count == 1 ? "change" : "changes"): \(parts)"
    }
}
