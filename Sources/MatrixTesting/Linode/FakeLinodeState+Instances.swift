internal import Foundation
internal import MatrixCore

/// The operations on instances.
extension FakeLinodeState {
    /// The three calls without a body.
    enum Power: String {
        case boot
        case shutdown
        case reboot
    }

    /// How long real machines take, in seconds.
    private enum Takes {
        static let provisioning = 12.0
        static let booting = 15.0
        static let shuttingDown = 10.0
        static let deleting = 3.0
        static let creatingWindow = 15.0
    }

    func instance(_ call: FakeLinodeCall) throws(FakeLinodeRefusal) -> FakeInstance {
        guard let instance = call.values["linodeId"].flatMap({ Int($0) }).flatMap({ instances[$0] }) else { throw .notFound }
        return instance
    }

    // MARK: - Create

    mutating func create(_ body: Value) throws(FakeLinodeRefusal) -> Value {
        try pace()
        let type = try checked(body)
        let id = nextID()
        let label = body["label"]?.string ?? "linode\(id)"
        let userData = body["metadata"]?["user_data"]?.string.flatMap { Data(base64Encoded: $0) }.map {
            String(decoding: $0, as: UTF8.self)
        }
        let made = FakeInstance(
            id: id, label: label, region: body["region"]?.string ?? "", type: type, image: body["image"]?.string, tags: texts(body["tags"]),
            addresses: addresses(of: id, wantsPrivate: body["private_ip"] == true),
            firewall: body["firewall_id"]?.number.map { Int(nearest: $0) },
            userData: userData,
            authorizedKeys: texts(body["authorized_keys"]), created: Date(), isForeign: false, life: [(now, "provisioning")])
        ensure(tags: made.tags)
        instances[id] = made
        begin(id, isBooted: body["booted"] != false)
        return made.value(at: now)
    }

    private func texts(_ value: Value?) -> [String] { (value ?? []).elements.compactMap(\.string) }

    private func addresses(of id: Int, wantsPrivate: Bool) -> [String] {
        let number = id % 60_000
        let own = hosts?.address(of: id) ?? "203.0.\(number / 250).\(number % 250 + 1)"
        let internalOne = "192.168.\(128 + number / 250 % 127).\(number % 250 + 1)"
        if settings.givesPrivateAddressFirst { return [internalOne, own] }
        return wantsPrivate ? [own, internalOne] : [own]
    }

    /// Allows about five creates in fifteen seconds.
    private mutating func pace() throws(FakeLinodeRefusal) {
        guard let most = settings.createsPerWindow else { return }
        let window = settings.time(Takes.creatingWindow)
        creates = creates.filter { $0 > now - window }
        guard creates.count >= most, let oldest = creates.first else { return creates.append(now) }
        var refusal = FakeLinodeRefusal(429, "Too many requests")
        let wait = max((oldest + window - now) / .seconds(1), 0)
        refusal.headers = [
            "Retry-After": "\(Int(nearest: wait.rounded(.up)))", "X-RateLimit-Limit": "\(most)", "X-RateLimit-Remaining": "0",
        ]
        throw refusal
    }

    /// Checks what the description cannot express about a create; returns the type.
    private func checked(_ body: Value) throws(FakeLinodeRefusal) -> Value {
        guard let region = object("regions", body["region"]?.string ?? "") else {
            throw FakeLinodeRefusal(400, "region is not valid", field: "region")
        }
        guard let type = object("types", body["type"]?.string ?? "") else {
            throw FakeLinodeRefusal(400, "type is not valid", field: "type")
        }
        if let label = body["label"]?.string {
            guard label.last?.isASCIIAlphanumeric ?? false else {
                throw FakeLinodeRefusal(400, "Must end with a letter or number", field: "label")
            }
            guard !instances.values.contains(where: { $0.label == label }) else {
                throw FakeLinodeRefusal(400, "Label must be unique among your linodes", field: "label")
            }
        }
        for tag in texts(body["tags"]) where !(3...50).contains(tag.count) {
            throw FakeLinodeRefusal(400, "Length must be 3-50 characters", field: "tags")
        }
        if let firewall = body["firewall_id"]?.number, !firewalls.contains(Int(nearest: firewall)) {
            throw FakeLinodeRefusal(400, "firewall_id is not valid", field: "firewall_id")
        }
        try checkImage(body, region)
        if instances.values.count(where: { !$0.isForeign }) >= settings.accountLimit {
            throw FakeLinodeRefusal(400, "Account Limit reached. Please open a support ticket.")
        }
        if let id = region["id"]?.string, settings.fullRegions.union(settings.soldOutRegions).union(settings.closedRegions).contains(id) {
            throw FakeLinodeRefusal(403, "The Linode plan you chose is not currently available in the selected region.")
        }
        return type
    }

    private func checkImage(_ body: Value, _ region: Value) throws(FakeLinodeRefusal) {
        guard let name = body["image"]?.string else {
            if body["metadata"] != nil { throw FakeLinodeRefusal(400, "metadata needs an image", field: "metadata") }
            return
        }
        guard let image = object("images", name) else { throw FakeLinodeRefusal(400, "image is not valid", field: "image") }
        if body["root_pass"] == nil, texts(body["authorized_keys"]).isEmpty, texts(body["authorized_users"]).isEmpty {
            throw FakeLinodeRefusal(400, "Must provide valid root_pass, authorized_keys, or authorized_users")
        }
        guard let data = body["metadata"]?["user_data"]?.string else { return }
        if Data(base64Encoded: data)?.count ?? 0 > 65_535 {
            throw FakeLinodeRefusal(400, "user_data must be at most 65535 bytes", field: "metadata.user_data")
        }
        if !(image["capabilities"] ?? []).elements.contains("cloud-init") {
            throw FakeLinodeRefusal(400, "image does not support cloud-init", field: "metadata.user_data")
        }
        if !(region["capabilities"] ?? []).elements.contains("Metadata") {
            throw FakeLinodeRefusal(400, "region does not support metadata", field: "metadata.user_data")
        }
    }

    /// Sets the fate of a new instance.
    private mutating func begin(_ id: Int, isBooted: Bool) {
        guard let made = instances[id] else { return }
        let fate = fates.isEmpty ? .runs : fates.removeFirst()
        let provisioned = now + settings.time(Takes.provisioning)
        let booted = provisioned + settings.time(Takes.booting)
        switch fate {
        case .staysProvisioning:
            return journal("linode_create", made, from: now, to: nil)
        case .failsToBoot:
            instances[id]?.life += [(provisioned, "booting"), (booted, "offline")]
            journal("linode_boot", made, from: provisioned, to: booted, fails: true)
        case .runs, .refusesSSH, .changesHostKeys:
            instances[id]?.life += isBooted ? [(provisioned, "booting")] : [(provisioned, "offline")]
            guard isBooted else { break }
            if hosts != nil, let seed = seed(of: made, fate) {
                effects.append(.start(id, seed))
            } else {
                instances[id]?.life += [(booted, "running")]
            }
            journal("linode_boot", made, from: provisioned, to: booted)
        }
        journal("linode_create", made, from: now, to: provisioned)
    }

    private func seed(of instance: FakeInstance, _ fate: FakeLinodeFate) -> HostSeed? {
        guard let image = instance.image else { return nil }
        var seed = HostSeed(label: instance.label, image: image, authorizedKeys: instance.authorizedKeys, userData: instance.userData)
        switch fate {
        case .refusesSSH(let seconds): seed.sshDelay = seconds
        case .changesHostKeys(let seconds):
            seed.sshDelay = seconds
            seed.hasForeignHostKeys = true
        case .runs, .staysProvisioning, .failsToBoot: break
        }
        return seed
    }

    // MARK: - Change, power, delete

    mutating func update(_ call: FakeLinodeCall) throws(FakeLinodeRefusal) -> Value {
        var instance = try instance(call)
        if instance.isForeign { complaints.append("foreign instance \(instance.id) was changed") }
        if let label = call.body["label"]?.string { instance.label = label }
        if let tags = call.body["tags"] { instance.tags = texts(tags) }
        ensure(tags: instance.tags)
        instances[instance.id] = instance
        return instance.value(at: now)
    }

    mutating func delete(_ call: FakeLinodeCall) throws(FakeLinodeRefusal) -> Value {
        let instance = try instance(call)
        if instance.isForeign { complaints.append("foreign instance \(instance.id) was deleted") }
        guard instance.gone == nil, instance.status(at: now) != "deleting" else { return [:] }
        let (begin, end, id) = (now, now + settings.time(Takes.deleting), instance.id)
        instances[id]?.become("deleting", at: begin)
        journal("linode_delete", instance, from: begin, to: end)
        if hosts == nil { instances[id]?.gone = end } else { effects.append(.remove(id)) }
        return [:]
    }

    mutating func power(_ call: FakeLinodeCall, _ power: Power) throws(FakeLinodeRefusal) -> Value {
        let instance = try instance(call)
        if instance.isForeign { complaints.append("\(power.rawValue) of foreign instance \(instance.id)") }
        switch (power, instance.status(at: now)) {
        case (.boot, "offline"): change(instance, "booting", then: "running", after: Takes.booting, on: true)
        case (.shutdown, "running"): change(instance, "shutting_down", then: "offline", after: Takes.shuttingDown, on: false)
        case (.reboot, "running"): change(instance, "rebooting", then: "running", after: Takes.booting, on: true)
        case (.boot, "running"): throw FakeLinodeRefusal(400, "Linode \(instance.id) already booted.")
        case (.shutdown, "offline"), (.reboot, "offline"): throw FakeLinodeRefusal(400, "Linode is not running.")
        default: throw FakeLinodeRefusal(400, "Linode busy.")
        }
        journal("linode_\(power.rawValue)", instance, from: now, to: now + settings.time(Takes.booting))
        return [:]
    }

    private mutating func change(_ instance: FakeInstance, _ status: String, then next: String, after seconds: Double, on: Bool) {
        let (begin, time) = (now, settings.time(seconds))
        instances[instance.id]?.become(status, at: begin, then: next, after: time)
        if hosts != nil { effects.append(.power(instance.id, on: on)) }
    }
}

extension Character {
    fileprivate var isASCIIAlphanumeric: Bool { isASCII && (isLetter || isNumber) }
}
