internal import MatrixCore

/// The account, and what it can use: regions, types, images, firewalls.
extension FakeLinodeState {
    typealias Handler = @Sendable (inout FakeLinodeState, FakeLinodeCall) throws(FakeLinodeRefusal) -> Value

    /// The handlers of the operations, by name.
    static let handlers: [String: Handler] = [
        "GET /profile": { _, _ throws(FakeLinodeRefusal) in profile },
        "GET /account": { _, _ throws(FakeLinodeRefusal) in account },
        "GET /account/settings": { _, _ throws(FakeLinodeRefusal) in accountSettings },
        "GET /account/availability": { state, call throws(FakeLinodeRefusal) in try call.page(of: state.accountAvailability) },
        "GET /account/events": { state, call throws(FakeLinodeRefusal) in
            try call.page(of: state.events.reversed().map { $0.value(at: state.now) })
        },
        "GET /regions": { state, call throws(FakeLinodeRefusal) in try call.page(of: state.objects("regions")) },
        "GET /regions/{regionId}": { state, call throws(FakeLinodeRefusal) in try state.one("regions", call.values["regionId"]) },
        "GET /regions/availability": { state, call throws(FakeLinodeRefusal) in try call.page(of: state.availability(nil)) },
        "GET /regions/{regionId}/availability": { state, call throws(FakeLinodeRefusal) in
            .list(state.availability(call.values["regionId"]))
        },
        "GET /linode/types": { state, call throws(FakeLinodeRefusal) in try call.page(of: state.objects("types")) },
        "GET /linode/types/{typeId}": { state, call throws(FakeLinodeRefusal) in try state.one("types", call.values["typeId"]) },
        "GET /images": { state, call throws(FakeLinodeRefusal) in try call.page(of: state.objects("images")) },
        "GET /images/{imageId}": { state, call throws(FakeLinodeRefusal) in try state.one("images", call.values["imageId"]) },
        "GET /networking/firewalls": { state, call throws(FakeLinodeRefusal) in try call.page(of: state.firewalls.map(firewall)) },
        "GET /networking/firewalls/{firewallId}": { state, call throws(FakeLinodeRefusal) in
            guard let id = call.values["firewallId"].flatMap({ Int($0) }), state.firewalls.contains(id) else { throw .notFound }
            return firewall(id)
        },
        "GET /tags": { state, call throws(FakeLinodeRefusal) in try call.page(of: state.tags.sorted().map { ["label": .string($0)] }) },
        "GET /tags/{tagLabel}": { state, call throws(FakeLinodeRefusal) in
            try call.page(of: state.carriers(of: call.values["tagLabel"] ?? ""))
        },
        "POST /tags": { state, call throws(FakeLinodeRefusal) in try state.makeTag(call.body) },
        "DELETE /tags/{tagLabel}": { state, call throws(FakeLinodeRefusal) in try state.deleteTag(call.values["tagLabel"] ?? "") },
        "GET /linode/instances": { state, call throws(FakeLinodeRefusal) in
            try call.page(of: state.instances.values.sorted { $0.id < $1.id }.map { $0.value(at: state.now) })
        },
        "POST /linode/instances": { state, call throws(FakeLinodeRefusal) in try state.create(call.body) },
        "GET /linode/instances/{linodeId}": { state, call throws(FakeLinodeRefusal) in try state.instance(call).value(at: state.now) },
        "PUT /linode/instances/{linodeId}": { state, call throws(FakeLinodeRefusal) in try state.update(call) },
        "DELETE /linode/instances/{linodeId}": { state, call throws(FakeLinodeRefusal) in try state.delete(call) },
        "POST /linode/instances/{linodeId}/boot": { state, call throws(FakeLinodeRefusal) in try state.power(call, .boot) },
        "POST /linode/instances/{linodeId}/shutdown": { state, call throws(FakeLinodeRefusal) in try state.power(call, .shutdown) },
        "POST /linode/instances/{linodeId}/reboot": { state, call throws(FakeLinodeRefusal) in try state.power(call, .reboot) },
    ]

    private static let profile: Value = [
        "uid": 1234, "username": "tester", "email": "tester@example.com", "timezone": "UTC", "email_notifications": true,
        "ip_whitelist_enabled": false,
        "lish_auth_method": "password_keys", "authorized_keys": .null, "two_factor_auth": false, "restricted": false,
        "authentication_type": "password",
        "verified_phone_number": .null,
        "referrals": ["code": "r", "url": "https://www.linode.com/?r=r", "total": 0, "completed": 0, "pending": 0, "credit": 0],
    ]

    private static let account: Value = [
        "company": "", "email": "tester@example.com", "first_name": "Test", "last_name": "Er", "address_1": "1 Example Street",
        "address_2": "", "city": "Oslo",
        "state": "", "zip": "0150", "country": "NO", "phone": "", "tax_id": "", "balance": 0, "balance_uninvoiced": 0,
        "active_since": "2018-01-02T03:04:05",
        "capabilities": ["Linodes", "NodeBalancers", "Block Storage"], "active_promotions": [],
        "euuid": "E1AF5EEC-526F-487D-B317EBEB34C87D71",
        "billing_source": "linode", "credit_card": ["last_four": "1111", "expiry": "11/2030"],
    ]

    private static let accountSettings: Value = [
        "managed": false, "longview_subscription": .null, "network_helper": true, "backups_enabled": false, "object_storage": "disabled",
        "interfaces_for_new_linodes": "legacy_config_default_but_linode_allowed",
    ]

    private static func firewall(_ id: Int) -> Value {
        [
            "id": .int(id), "label": "matrix", "status": "enabled", "tags": [], "created": "2025-01-02T03:04:05",
            "updated": "2025-01-02T03:04:05",
            "rules": [
                "inbound": [], "inbound_policy": "ACCEPT", "outbound": [], "outbound_policy": "ACCEPT", "version": 1,
                "fingerprint": "997dd135",
            ],
        ]
    }

    private func one(_ kind: String, _ id: String?) throws(FakeLinodeRefusal) -> Value {
        guard let object = id.flatMap({ object(kind, $0) }) else { throw .notFound }
        return object
    }

    private func availability(_ region: String?) -> [Value] {
        let regions = objects("regions").compactMap { $0["id"]?.string }.filter { region == nil || $0 == region }
        return regions.flatMap { region in
            objects("types").map { type in
                ["region": .string(region), "plan": type["id"] ?? .null, "available": .bool(!settings.soldOutRegions.contains(region))]
            }
        }
    }

    private var accountAvailability: [Value] {
        objects("regions").map { region in
            let isOpen = !settings.closedRegions.contains(region["id"]?.string ?? "")
            return [
                "region": region["id"] ?? .null, "available": isOpen ? ["Linodes", "NodeBalancers"] : ["NodeBalancers"],
                "unavailable": isOpen ? [] : ["Linodes"],
            ]
        }
    }

    private func carriers(of tag: String) throws(FakeLinodeRefusal) -> [Value] {
        guard tags.contains(tag) else { throw .notFound }
        return instances.values.filter { $0.tags.contains(tag) }.sorted { $0.id < $1.id }.map {
            ["type": "linode", "data": $0.value(at: now)]
        }
    }

    private mutating func makeTag(_ body: Value) throws(FakeLinodeRefusal) -> Value {
        let label = body["label"]?.string ?? ""
        guard !tags.contains(label) else { throw FakeLinodeRefusal(400, "Tag already exists", field: "label") }
        ensure(tags: [label])
        for id in (body["linodes"] ?? []).elements.compactMap({ $0.wholeNumber }) { instances[id]?.tags.append(label) }
        return ["label": .string(label)]
    }

    private mutating func deleteTag(_ label: String) throws(FakeLinodeRefusal) -> Value {
        guard tags.remove(label) != nil else { throw .notFound }
        for id in instances.keys where instances[id]?.tags.contains(label) ?? false {
            if instances[id]?.isForeign ?? false { complaints.append("tag \(label) was removed from foreign instance \(id)") }
            instances[id]?.tags.removeAll { $0 == label }
        }
        return [:]
    }
}
