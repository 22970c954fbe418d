import MatrixCore

/// Waits until an instance runs, by its state. If it does not, the account's events say why.
struct LinodeBoot: Sendable {
    let client: LinodeClient
    let resource: Resource
    /// How many polls may find the machine off, between its creation and its boot, before it is booted.
    private static let looksWhileOff = 3

    /// The public address of the running machine.
    func address(waiting: @Sendable (String) -> Void) async throws -> String {
        guard let id = Int(resource.id) else { throw failure("it has no id", isTransient: false) }
        let begun = ContinuousClock.now
        var looksOff = 0
        for look in 1... {
            guard let instance = try await client.instance(id) else { throw failure("it does not exist any more", isTransient: true) }
            if instance.status == "running", let address = instance.publicAddress { return address }
            let events = try await events(id, look, instance)
            if let failed = events.first(where: { $0.hasFailed }) {
                throw failure("\(failed.action) failed\(failed.message.map { ": \($0)" } ?? "")", isTransient: true)
            }
            looksOff = instance.isOff && !events.contains(where: \.isActive) ? looksOff + 1 : 0
            if looksOff == Self.looksWhileOff { try await boot(id, waiting) }
            try checkPatience(since: begun, instance, events)
            let event = events.first(where: \.isActive).map { " (\($0.words))" } ?? ""
            waiting("\(instance.label) in \(instance.region) is \(instance.status)\(event)")
            try await Task.sleep(for: client.pace.poll.pause(before: look))
        }
        throw CancellationError()
    }

    private func checkPatience(since begun: ContinuousClock.Instant, _ instance: LinodeInstance, _ events: [LinodeEvent]) throws {
        guard ContinuousClock.now - begun >= client.pace.bootPatience else { return }
        let last = events.first.map { "; last event: \($0.words)" } ?? ""
        let unreadable = instance.unreadableAddresses.first.map {
            "; it reports \(Value.string(PlainText.clipped($0, to: 80)).json), which is none"
        }
        let state =
            instance.status == "running" ? "running without a public IPv4 address\(unreadable ?? "")" : "still \(instance.status)"
        throw failure("\(state) after \(client.pace.bootPatience.brief)\(last)", isTransient: true)
    }

    private func failure(_ why: String, isTransient: Bool) -> InfrastructureError {
        InfrastructureError(
            "Linode \(resource.id) (\(resource.name)) did not boot", why: why,
            next: "see its events: https://cloud.linode.com/linodes/\(resource.id)/activity",
            type: .linodeBoot, isTransient: isTransient)
    }

    private func boot(_ id: Int, _ waiting: @Sendable (String) -> Void) async throws {
        waiting("\(resource.name) is off: booting it")
        do {
            _ = try await client.send(LinodeRequest(.post, LinodeInstance.path + ["\(id)", "boot"]))
        } catch let fault as LinodeFault where fault.status == 400 {
            // It runs or boots already: the next poll shows it.
        }
    }

    /// The machine's newest events, if something may be wrong; none if the token may not read them.
    private func events(_ id: Int, _ look: Int, _ instance: LinodeInstance) async throws -> [LinodeEvent] {
        guard look % 3 == 0 || instance.isOff, client.scopes?.allowsReading("events") ?? true else { return [] }
        let filter: Value = ["entity.id": .int(id), "entity.type": "linode", "+order_by": "created", "+order": "desc"]
        do {
            let answer = try await client.once(LinodeRequest(.get, ["account", "events"], query: ["page_size": 25], filter: filter))
            return (answer["data"]?.elements ?? []).compactMap(LinodeEvent.init).filter { $0.entity == id }
        } catch is LinodeFault {
            // The state decides. Without events the cause stays unknown.
            return []
        }
    }
}

extension LinodeInstance {
    /// Whether it exists but is switched off.
    var isOff: Bool { status == "offline" || status == "stopped" }
}

/// A finished or current event of an instance.
struct LinodeEvent: Sendable, Hashable {
    var entity: Int?
    /// `linode_create`, `linode_boot`, ….
    var action: String
    /// `scheduled`, `started`, `finished`, `failed`, `notification`.
    var status: String
    var message: String?
    /// The progress in percent.
    var progress: Int?

    init?(_ value: Value) {
        guard let action = value["action"]?.string, let status = value["status"]?.string else { return nil }
        self.action = action
        self.status = status
        entity = value["entity"]?["id"].flatMap { Int($0.text) }
        message = value["message"]?.string?.stripped.unlessEmpty
        progress = value["percent_complete"]?.count
    }

    /// Whether a step failed that a boot needs.
    var hasFailed: Bool { status == "failed" && ["linode_create", "linode_boot", "disk_create", "linode_config_create"].contains(action) }
    var isActive: Bool { status == "scheduled" || status == "started" }
    /// For messages: `linode_boot started, 45 %`.
    var words: String { "\(action) \(status)" + (progress.map { ", \($0) %" } ?? "") }
}
