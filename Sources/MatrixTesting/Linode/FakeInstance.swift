internal import Foundation
internal import MatrixCore

/// A virtual machine in the fake.
struct FakeInstance: Sendable {
    typealias Moment = ContinuousClock.Instant

    let id: Int
    var label: String
    let region: String
    let type: Value
    let image: String?
    var tags: [String]
    let addresses: [String]
    let firewall: Int?
    let userData: String?
    let authorizedKeys: [String]
    let created: Date
    /// Whether somebody other than the client made it.
    let isForeign: Bool
    /// Its statuses over time, in order. The first is that of its creation.
    var life: [(at: Moment, status: String)]
    /// When it is gone.
    var gone: Moment?

    func status(at now: Moment) -> String { life.last { $0.at <= now }?.status ?? "provisioning" }

    /// Replaces its future statuses.
    mutating func become(_ status: String, at now: Moment, then next: String? = nil, after time: Duration = .zero) {
        life = life.filter { $0.at <= now } + [(now, status)] + (next.map { [(now + time, $0)] } ?? [])
    }

    /// As the API returns it.
    func value(at now: Moment) -> Value {
        .map([
            "id": .int(id), "label": .string(label), "group": "", "status": .string(status(at: now)),
            "created": .string(Self.text(created)),
            "updated": .string(Self.text(created)), "type": type["id"] ?? .null, "ipv4": .list(addresses.map(Value.string)),
            "ipv6": .string("2001:db8::\(String(id, radix: 16))/128"), "image": image.map(Value.string) ?? .null, "region": .string(region),
            "specs": specs,
            "alerts": ["cpu": 90, "network_in": 10, "network_out": 10, "transfer_quota": 80, "io": 10_000],
            "backups": ["enabled": false, "available": false, "schedule": ["day": .null, "window": .null], "last_successful": .null],
            "hypervisor": "kvm",
            "watchdog_enabled": true, "tags": .list(tags.map(Value.string)), "host_uuid": "6833df95-c5af-c7bd-e87b-97a18f8204e6",
            "has_user_data": .bool(userData != nil), "placement_group": .null, "lke_cluster_id": .null, "disk_encryption": "enabled",
        ])
    }

    private var specs: Value {
        .map(Dictionary(uniqueKeysWithValues: ["disk", "memory", "vcpus", "gpus", "transfer"].map { ($0, type[$0] ?? 0) }))
    }

    /// Linode's times are in UTC, without a time zone.
    static func text(_ date: Date) -> String { String(date.formatted(.iso8601).dropLast()) }
}
