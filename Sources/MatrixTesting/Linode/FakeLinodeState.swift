internal import Foundation
internal import MatrixCore

/// The fake's state, guarded by ``FakeLinode``.
struct FakeLinodeState: Sendable {
    /// What to do with the instances' hosts once the state is unlocked.
    enum Effect: Sendable {
        case start(Int, HostSeed)
        case power(Int, on: Bool)
        case remove(Int)
    }

    let settings: FakeLinodeSettings
    let catalogue: Value
    /// Makes hosts for the instances; nil: instances have only an address.
    let hosts: (any HostLender)?
    var instances: [Int: FakeInstance] = [:]
    /// Tag objects. They stay when the tagged objects are gone.
    var tags: Set<String> = []
    var events: [FakeEvent] = []
    var firewalls = [4711]
    var violations: [String] = []
    var complaints: [String] = []
    var requests: [FakeLinode.Served] = []
    var faults = FaultPlan()
    var fates: [FakeLinodeFate] = []
    var isTokenValid = true
    var creates: [ContinuousClock.Instant] = []
    var effects: [Effect] = []
    var now: ContinuousClock.Instant
    private var lastID = 60_303_115

    init(_ settings: FakeLinodeSettings, catalogue: Value, hosts: (any HostLender)?) {
        self.settings = settings
        self.catalogue = catalogue
        self.hosts = hosts
        now = settings.now()
    }

    mutating func nextID() -> Int {
        lastID += 1
        return lastID
    }

    /// Applies the passed time: removes what is gone by now.
    mutating func settle() {
        now = settings.now()
        instances = instances.filter { _, instance in instance.gone.map { $0 > now } ?? true }
    }

    func objects(_ kind: String) -> [Value] { catalogue[kind]?.elements ?? [] }

    func object(_ kind: String, _ id: String) -> Value? { objects(kind).first { $0["id"]?.string == id } }

    mutating func journal(
        _ action: String, _ instance: FakeInstance, from: ContinuousClock.Instant, to: ContinuousClock.Instant?, fails: Bool = false
    ) {
        let message = fails ? "The boot failed: the kernel did not find its disk" : ""
        events.append(
            FakeEvent(
                id: nextID(), action: action, entity: ("linode", instance.id, instance.label), created: Date(), begins: from, ends: to,
                fails: fails,
                message: message))
    }

    /// Makes the tag objects that do not exist yet.
    mutating func ensure(tags labels: [String]) {
        for label in labels where tags.insert(label).inserted {
            events.append(FakeEvent(id: nextID(), action: "tag_create", entity: ("tag", 0, label), created: Date(), begins: now, ends: now))
        }
    }
}
