import MatrixCore

/// What the API shows of an instance that did not come up: its state, its newest events, and where its console is.
struct LinodeEvidence: Sendable {
    let client: LinodeClient

    func all(of resource: Resource) async -> [Evidence] {
        guard let instance = await instance(of: resource) else { return [] }
        var lines = ["\(instance.label) (\(instance.id)), \(instance.type) in \(instance.region): \(instance.status)"]
        lines.append("addresses: \(instance.addresses.isEmpty ? "none" : instance.addresses.joined(separator: ", "))")
        // Oldest first: the newest says the most.
        lines += await events(of: instance.id).reversed()
        let page = "https://cloud.linode.com/linodes/\(instance.id)"
        lines.append("console: \(page)/lish/weblish, or ssh -t USER@lish-\(instance.region).linode.com \(instance.label)")
        return [Evidence("events", text: lines.joined(separator: "\n"), advice: Self.advice(instance, page))]
    }

    static func advice(_ instance: LinodeInstance, _ page: String) -> String {
        instance.status == "running"
            ? "the Linode runs, so see on its console what it waits for (Lish): \(page)/lish/weblish; and whether a firewall refuses SSH: "
                + "\(page)/networking"
            : "the Linode is \(instance.status): see its events: \(page)/activity"
    }

    private func instance(of resource: Resource) async -> LinodeInstance? {
        if let id = Int(resource.id) { return try? await client.instance(id) }
        let found = try? await client.instances(["label": .string(resource.name)])
        return found?.first { $0.label == resource.name && $0.run == resource.run }
    }

    private func events(of id: Int) async -> [String] {
        guard client.scopes?.allowsReading("events") ?? true else { return ["events: the token may not read them (scope events)"] }
        let filter: Value = ["entity.id": .int(id), "entity.type": "linode", "+order_by": "created", "+order": "desc"]
        guard let answer = try? await client.once(LinodeRequest(.get, ["account", "events"], query: ["page_size": 25], filter: filter))
        else { return [] }
        return (answer["data"]?.elements ?? []).compactMap { value in
            guard let event = LinodeEvent(value), event.entity == id else { return nil }
            return "\(value["created"]?.string ?? "") \(event.words)\(event.message.map { ": \($0)" } ?? "")"
        }
    }
}
