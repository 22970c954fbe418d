import MatrixCore

/// Says which templates a run would clone, and why.
struct TemplateOrigins: Sendable {
    let cluster: ProxmoxCluster
    let settings: ProxmoxSettings
    /// Whether missing templates are built.
    let mayBuild: Bool

    /// None for a system that can have no template, and none at all if the server cannot be asked: the preflight says so.
    func all(of cells: [CellPlan]) async -> [HostOrigin] { (try? await found(cells)) ?? [] }

    private func found(_ cells: [CellPlan]) async throws -> [HostOrigin] {
        let nodes = settings.nodes
        let down = nodes.count > 1 ? try await cluster.downNodes() : []
        let machines = try await cluster.machines().filter { !down.contains($0.node) }
        var origins: [HostOrigin] = []
        for (_, cells) in Dictionary(grouping: cells, by: \.os.name).sorted(by: { $0.key < $1.key }) {
            guard let os = cells.first?.os else { continue }
            let names = cells.map(\.name)
            let templates = try await TemplateFinder(cluster: cluster).templates(of: os, settings.templates, in: machines)
            let placements = try await Placements(cluster: cluster, settings: settings).all(
                of: templates, on: nodes.filter { !down.contains($0) })
            if placements.isEmpty, mayBuild, let image = os.imageURL {
                origins.append(
                    HostOrigin(
                        cells: names, source: image, reason: "of which no template is made yet",
                        preparation: "the template of \(os.name) is built first"))
            }
            for template in GuestTemplate.newestFirst(Array(Set(placements.map(\.template)))) {
                origins.append(
                    HostOrigin(
                        cells: names, source: "template \(template.name) (\(template.vmid) on \(template.node))",
                        reason: settings.templates.reason(for: template, among: templates)))
            }
        }
        return origins
    }
}
