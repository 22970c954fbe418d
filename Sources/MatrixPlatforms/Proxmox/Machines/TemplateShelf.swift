import MatrixCore

/// The templates that cells are cloned from: looked up once, built once where one is missing and may be built.
actor TemplateShelf {
    private let cluster: ProxmoxCluster
    private let settings: ProxmoxSettings
    private let builder: ProxmoxTemplates?
    private var known: [String: [Template]] = [:]
    private var building: [String: Task<Void, any Error>] = [:]
    private var turn = 0

    init(cluster: ProxmoxCluster, settings: ProxmoxSettings, builder: ProxmoxTemplates?) {
        self.cluster = cluster
        self.settings = settings
        self.builder = builder
    }

    /// A template of a system, on the next node that has one.
    func template(for os: OperatingSystem, progress: @escaping @Sendable (String) -> Void) async throws -> Template {
        var found = try await look(for: os)
        if found.isEmpty, let builder {
            try await build(os, with: builder, progress)
            found = try await look(for: os)
        }
        guard !found.isEmpty else { throw missing(os) }
        turn += 1
        return found[turn % found.count]
    }

    private func build(_ os: OperatingSystem, with builder: ProxmoxTemplates, _ progress: @escaping @Sendable (String) -> Void) async throws {
        progress("building the template of \(os.name)")
        // Cells of the same system wait for one build; its owner's cancellation must not end it for the others.
        let task = building[os.name] ?? Task { _ = try await builder.build(os, progress: { progress($0.description) }) }
        building[os.name] = task
        defer { building[os.name] = nil }
        try await task.value
    }

    /// The newest of each node.
    private func look(for os: OperatingSystem) async throws -> [Template] {
        if let templates = known[os.name] { return templates }
        let machines = try await fact("looking for the template of \(os.name)") { try await cluster.machines() }
        let all: [Template]
        if case .pinned(let name) = settings.templates { all = Template.find(pinned: name, in: machines) } else { all = Template.find(os, in: machines) }
        var newest: [Template] = []
        for template in all where !newest.contains(where: { $0.node == template.node }) { newest.append(template) }
        if !newest.isEmpty { known[os.name] = newest }
        return newest
    }

    private func missing(_ os: OperatingSystem) -> InfrastructureError {
        if case .pinned(let name) = settings.templates {
            return InfrastructureError("template \(name)", why: "there is none on \(settings.nodes.joined(separator: ", "))", isTransient: false)
        }
        return InfrastructureError(
            "no template of \(os.name)", why: "none on \(settings.nodes.joined(separator: ", ")) has its name \(os.templateName ?? "?") and tags",
            next: "matrix template build --os \(os.name) --platform FILE", type: "matrix.proxmox.template", isTransient: false)
    }
}
