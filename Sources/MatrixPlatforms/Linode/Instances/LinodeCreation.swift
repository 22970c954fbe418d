import MatrixCore
import MatrixRemote
internal import Synchronization

/// Makes an instance in the first region with capacity, and finds out the outcome of a create whose reply was lost.
struct LinodeCreation: Sendable {
    let client: LinodeClient
    let catalogue: LinodeCatalogue
    let settings: LinodeSettings
    let hostKeys: LinodeHostKeys
    let pacer: CreatePacer
    let tags: LinodeTags
    let doubts: UnconfirmedCreates
    /// The run's public key, one line.
    let publicKey: String

    func make(_ resource: Resource, os: OperatingSystem, size: HostSize) async throws -> Resource {
        var full: [String] = []
        for offer in try await catalogue.offers(for: size, of: os) {
            do {
                return try await make(resource, os, offer)
            } catch let fault as LinodeFault where fault.kind == .full {
                full.append("\(offer.region): \(fault.message)")
            }
        }
        throw InfrastructureError(
            "no capacity for \(resource.name)", why: full.joined(separator: "; "),
            next: "name another region or type in the platform's settings",
            type: .linodeCapacity, isTransient: false)
    }

    private func make(_ resource: Resource, _ os: OperatingSystem, _ offer: LinodeOffer) async throws -> Resource {
        let keys = settings.usesUserData && offer.takesUserData ? try await hostKeys.keys(of: resource.name) : nil
        let password = RootPassword.make()
        var body = body(resource, os, offer, password: password)
        if let keys { body["metadata"] = ["user_data": .string(LinodeUserData.make(keys))] }
        let instance: LinodeInstance
        do {
            instance = try await create(resource, .map(body))
        } catch var fault as LinodeFault {
            fault.message = fault.message.replacing(password, with: Redactor.mark)
            throw fault
        }
        return try await described(resource, os, instance, offer, hostKey: keys?.publicKey)
    }

    private func body(_ resource: Resource, _ os: OperatingSystem, _ offer: LinodeOffer, password: String) -> [String: Value] {
        var body: [String: Value] = [
            "label": .string(resource.name), "region": .string(offer.region), "type": .string(offer.type.id),
            "image": .string(os.linodeImage ?? ""),
            "root_pass": .string(password), "authorized_keys": [.string(publicKey)], "booted": true,
            "tags": .list(LinodeInstance.tags(of: resource, and: settings.tags).map { .string($0) }),
        ]
        if let kind = settings.interfaces { body["interface_generation"] = .string(kind.rawValue) }
        switch (settings.interfaces, settings.firewall) {
        case (.linode, let firewall):
            var interface: [String: Value] = ["public": .map([:]), "default_route": ["ipv4": true, "ipv6": true]]
            if let firewall { interface["firewall_id"] = .int(firewall) }
            body["interfaces"] = [.map(interface)]
        case (_, let firewall?): body["firewall_id"] = .int(firewall)
        case (_, nil): break
        }
        return body
    }

    /// Sends the create until it is known to be done. After a lost reply it looks the instance up before it sends again.
    private func create(_ resource: Resource, _ body: Value) async throws -> LinodeInstance {
        let request = LinodeRequest(.post, LinodeInstance.path, body: body)
        return try await retrying {
            try await pacer.turn()
            do {
                return try await tags.whileCreating { try await sent(request, resource) }
            } catch let fault as LinodeFault where fault.mayBeDone || fault.kind == .exists {
                if let instance = try await adopted(resource, fault, request) { return instance }
                throw fault
            }
        } pause: { error, attempt in
            guard var fault = error as? LinodeFault else { return nil }
            // The name is in use, but not listed yet: the list is behind.
            if fault.kind == .exists { fault.kind = .transient }
            return client.pause(after: fault, attempt)
        }
    }

    private func sent(_ request: LinodeRequest, _ resource: Resource) async throws -> LinodeInstance {
        doubts.begin(resource.name)
        do {
            let answer = try await client.once(request)
            if let instance = LinodeInstance(answer) { return instance }
            throw LinodeFault(request, status: 200, "the reply is not a Linode", .transient, mayBeDone: true)
        } catch {
            if (error as? LinodeFault)?.mayBeDone ?? true { doubts.lose(resource.name) }
            throw error
        }
    }

    /// The instance that a create with a lost reply made. Only an instance with this run's tag counts.
    private func adopted(_ resource: Resource, _ fault: LinodeFault, _ request: LinodeRequest) async throws -> LinodeInstance? {
        guard let found = try await client.instance(label: resource.name) else { return nil }
        if found.run == resource.run { return found }
        throw LinodeFault(
            request, status: fault.status,
            "another Linode has the name \(resource.name) (id \(found.id)), without this run's tag; matrix does not touch it", .fatal)
    }

    private func described(_ resource: Resource, _ os: OperatingSystem, _ instance: LinodeInstance, _ offer: LinodeOffer, hostKey: String?)
        async throws -> Resource
    {
        var made = resource
        made.id = "\(instance.id)"
        made.details = ["region": instance.region, "type": instance.type, "image": os.linodeImage ?? ""]
        made.details["host_key"] = hostKey
        // The ledger records its id first: without tags it could not be found again.
        if instance.run != resource.run { made.details["untagged"] = "true" }
        // The adopted instance may come from an earlier try in another region.
        let type = instance.type == offer.type.id ? offer.type : try await catalogue.types().first { $0.id == instance.type }
        made.price = type?.price(in: instance.region)
        return made
    }
}

/// The root password that Linode requires: random, sent once and never stored. Nobody logs in with it.
enum RootPassword {
    private static let alphabets = ["abcdefghjkmnpqrstvwxyz", "ABCDEFGHJKMNPQRSTVWXYZ", "0123456789", "-_.:+=%@"].map(Array.init)
    private static let length = 48

    static func make() -> String {
        var generator = SystemRandomNumberGenerator()
        let all = alphabets.flatMap(\.self)
        // One character of each kind: Linode checks the strength.
        let certain = alphabets.compactMap { $0.randomElement(using: &generator) }
        let rest = (certain.count..<length).compactMap { _ in all.randomElement(using: &generator) }
        return String((certain + rest).shuffled(using: &generator))
    }
}

/// Remembers the creates that the server may still be working on although nobody waits for the replies.
final class UnconfirmedCreates: Sendable {
    private struct State {
        var begun: Set<String> = []
        var lost: Set<String> = []
    }

    private let state = Mutex(State())

    /// A create of this name is about to be sent.
    func begin(_ name: String) { state.withLock { _ = $0.begun.insert(name) } }

    /// Its reply was lost.
    func lose(_ name: String) { state.withLock { _ = $0.lost.insert(name) } }

    /// Whether the server may still make it: no if this process sent the create and got a reply to every try.
    func isOpen(_ name: String) -> Bool { state.withLock { !$0.begun.contains(name) || $0.lost.contains(name) } }
}
