import MatrixCore

/// The templates for the clones of cells. Looked up once; a missing one is built once, if the settings allow it.
actor TemplateShelf {
    private let cluster: ProxmoxCluster
    private let settings: ProxmoxSettings
    private let builder: ProxmoxTemplates?
    private let builds = SingleFlight<TemplateOutcome>()
    private var known: [String: [Placement]] = [:]
    private var turn = 0

    init(cluster: ProxmoxCluster, settings: ProxmoxSettings, builder: ProxmoxTemplates?) {
        self.cluster = cluster
        self.settings = settings
        self.builder = builder
    }

    /// A template of a system and a node for its clone. Uses the nodes in turn.
    func placement(for os: OperatingSystem) async throws -> Placement {
        let found = try await placements(for: os) { _ in }
        turn += 1
        return found[turn % found.count]
    }

    /// The placements for a system's clones, at least one. A missing template is built.
    @discardableResult
    func placements(for os: OperatingSystem, progress: @escaping @Sendable (String) -> Void) async throws -> [Placement] {
        var found = try await look(for: os)
        if found.isEmpty, let builder {
            progress("building the template of \(os.name)")
            _ = try await builds.value(os.name, progress: progress) { tell in try await builder.build(os) { tell($0.description) } }
            found = try await look(for: os)
        }
        guard !found.isEmpty else { throw missing(os) }
        return found
    }

    private func look(for os: OperatingSystem) async throws -> [Placement] {
        if let placements = known[os.name] { return placements }
        let placements = try await mappingProxmoxFaults("looking for the template of \(os.name)") {
            let down = try await cluster.nodes.count > 1 ? cluster.downNodes() : []
            // The configuration of a machine on a node that is down cannot be read.
            let machines = try await cluster.machines().filter { !down.contains($0.node) }
            let templates = try await TemplateFinder(cluster: cluster).templates(of: os, settings.templates, in: machines)
            return try await Placements(cluster: cluster, settings: settings).all(
                of: templates, on: settings.nodes.filter { !down.contains($0) })
        }
        if !placements.isEmpty { known[os.name] = placements }
        return placements
    }

    private func missing(_ os: OperatingSystem) -> InfrastructureError {
        if case .pinned(let name) = settings.templates {
            return InfrastructureError(
                "no template \(name)",
                why: "there is none on \(settings.nodes.joined(separator: ", "))", isTransient: false)
        }
        return InfrastructureError(
            "no template of \(os.name)",
            why:
                "no template on \(settings.nodes.joined(separator: ", ")) has the name \(os.templateName ?? "?") "
                + "and the tags of the system",
            next: "matrix template build --os \(os.name) --platform FILE", type: .proxmoxTemplate, isTransient: false)
    }
}
