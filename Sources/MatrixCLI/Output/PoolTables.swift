import MatrixCore

/// Hosts of pools and the cells that wait for them, as `status` and `pool list` show them.
struct PoolTables {
    let hosts: [PoolHost]
    let queue: [PoolWaiter]

    init(_ book: any PoolBook) async throws {
        hosts = try await book.hosts()
        queue = try await book.queue()
    }

    /// Both tables; empty if no pool is known.
    var text: String {
        var parts: [String] = []
        if !hosts.isEmpty {
            parts.append(Table(headings: ["POOL", "HOST", "STATE", "HELD BY", "SINCE", "REMARK"], rows: hosts.map(row)).text)
        }
        if !queue.isEmpty { parts.append(Table(headings: ["POOL", "WAITING", "HOSTS", "PROCESS", "SINCE"], rows: queue.map(row)).text) }
        return parts.joined(separator: "\n\n")
    }

    var hasQuarantine: Bool { hosts.contains { $0.quarantine != nil } }

    private func row(_ host: PoolHost) -> [String] {
        let holder = host.holder.map { "\($0.cell) of run \($0.run) (\($0.isInUse ? "process \($0.owner.pid)" : "gone"))" } ?? "-"
        return [
            host.pool, host.name, state(of: host), holder, (host.quarantine?.since ?? host.holder?.since)?.description ?? "-",
            remark(on: host),
        ]
    }

    private func state(of host: PoolHost) -> String {
        if host.quarantine != nil { return "quarantine" }
        if host.holder?.isInUse == true { return "leased" }
        return host.changes == nil ? "free" : "to be reset"
    }

    private func remark(on host: PoolHost) -> String {
        if let quarantine = host.quarantine { return String(quarantine.why.split(whereSeparator: \.isNewline).first ?? "") }
        guard case .list(let changes)? = host.changes?["summary"] else { return "" }
        return changes.map(\.text).joined(separator: "; ")
    }

    private func row(_ waiter: PoolWaiter) -> [String] {
        [waiter.pool, "\(waiter.cell) of run \(waiter.run)", "\(waiter.count)", "\(waiter.owner.pid)", waiter.since.description]
    }

    /// As JSON.
    var value: Value {
        .map([
            "hosts": .list(
                hosts.map { host in
                    .map([
                        "pool": .string(host.pool), "name": .string(host.name), "address": .string(host.machine),
                        "state": .string(state(of: host)),
                        "run": host.holder.map { .string($0.run.value) } ?? .null, "cell": host.holder.map { .string($0.cell) } ?? .null,
                        "pid": host.holder.map { .int(Int($0.owner.pid)) } ?? .null,
                        "since": host.holder.map { .string($0.since.description) } ?? .null,
                        "quarantined": host.quarantine.map { .string($0.since.description) } ?? .null,
                        "why": host.quarantine.map { .string($0.why) } ?? .null,
                        "changes": host.changes?["summary"] ?? .list([]),
                    ])
                }),
            "waiting": .list(
                queue.map { waiter in
                    .map([
                        "pool": .string(waiter.pool), "run": .string(waiter.run.value), "cell": .string(waiter.cell),
                        "hosts": .int(waiter.count),
                        "pid": .int(Int(waiter.owner.pid)), "since": .string(waiter.since.description),
                    ])
                }),
        ])
    }
}
