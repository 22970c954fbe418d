internal import MatrixCore

/// The parts of the documents that a program gets; `docs/platform-program.schema.json` describes them.
enum CommandRequest {
    static func create(_ resource: Resource, _ cell: CellPlan, user: String, publicKey: String) -> [String: Value] {
        var request: [String: Value] = [
            "resource": Self.resource(resource), "cell": Self.cell(cell),
            "login": ["user": .string(user), "public_key": .string(publicKey)],
        ]
        if let host = cell.hosts.first(where: { $0.name == resource.host }) { request["host"] = Self.host(host) }
        return request
    }

    static func resource(_ resource: Resource) -> Value {
        var tags = [Resource.Tag.owner, Resource.Tag.run(resource.run)]
        if let date = resource.expires { tags.append(Resource.Tag.expires(date)) }
        return [
            "name": .string(resource.name), "id": .string(resource.id), "kind": .string(resource.kind), "run": .string(resource.run.value),
            "tags": .list(tags.map { .string($0) }), "expires": resource.expires.map { .string($0.description) } ?? .null,
            "data": CommandAnswer.data(of: resource),
        ]
    }

    static func cell(_ cell: CellPlan) -> Value {
        [
            "name": .string(cell.name), "os": os(cell.os), "hosts": .list(cell.hosts.map(host)),
            "axes": .map(Dictionary(cell.point.map { ($0.axis, .string($0.value)) }) { first, _ in first }),
        ]
    }

    private static func host(_ host: HostPlan) -> Value {
        let size: [String: Value?] = [
            "cores": host.size.cores.map { .int($0) }, "memory": host.size.memory.map { .int($0) },
            "disk": host.size.disk.map { .int($0) }, "type": host.size.type.map { .string($0) },
        ]
        return [
            "name": .string(host.name), "role": .string(host.role), "groups": .list(host.groups.map { .string($0) }),
            "size": .map(size.compactMapValues(\.self)),
        ]
    }

    private static func os(_ os: OperatingSystem) -> Value {
        let images: [String: Value?] = [
            "container": os.containerImage.map { .string($0) }, "image": os.imageURL.map { .string($0) },
            "linode": os.linodeImage.map { .string($0) },
        ]
        return .map([
            "name": .string(os.name), "family": .string(os.family), "id": .string(os.release.id), "version": .string(os.release.version),
            "images": .map(images.compactMapValues(\.self)),
        ])
    }
}
