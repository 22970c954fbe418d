internal import MatrixCore

extension KubernetesDeployer {
    private static let chart = ObjectShape(
        "a Helm chart",
        [
            KeyShape("chart", .text, "The chart: a folder, an archive, an oci:// address, or its name in repo", required: true),
            KeyShape("release", .text, "The release's name; the step's where left out"),
            KeyShape("repo", .text, "The address of the chart's repository"),
            KeyShape("version", .text, "The chart's version"),
            KeyShape("values", .oneOrMore(.text), "Files of values"),
        ])

    private static let keys: [KeyShape] = [
        KeyShape("manifests", .oneOrMore(.text), "Files or folders of manifests, or https:// addresses"),
        KeyShape("kustomize", .text, "A folder with a kustomization"),
        KeyShape("helm", .object(chart), "A chart, where helm is installed on the runner"),
        KeyShape("namespace", .text, "The namespace of what names none itself; made where it is not there; default where left out"),
        KeyShape("wait", .duration, "How long everything may take to be rolled out; 5m where left out, 0s not to wait"),
        KeyShape("state", .choice(["present", "absent"]), "absent deletes instead; present where left out"),
        KeyShape("kubectl", .choice(["auto", "runner", "node"]), "Whose kubectl: the runner's, or K3s's own on the control node; auto takes the first that is there"),
    ]

    static let declaration = Declaration(
        kind: "kubernetes", subject: .object(ObjectShape("the options of kubernetes", keys)),
        summary: "Applies manifests, a kustomization or a Helm chart to the cell's cluster, and waits until all of it is rolled out",
        example: "- name: dashboards\n  kubernetes: { manifests: [monitoring-stack.yml], namespace: monitoring, wait: 5m }",
        programs: { _ in [.needed("kubectl")] }, examine: examine)

    @Sendable private static func examine(_ item: Document) -> [Diagnostic] {
        guard let options = item["kubernetes"] else { return [] }
        var problems = SecretNames.diagnostics(in: options, except: [])
        let sources = ["manifests", "kustomize", "helm"].filter { options[$0] != nil }
        if sources.count != 1 {
            let message = sources.isEmpty ? "`kubernetes` names nothing to apply" : "`kubernetes` has both \(sources.joined(separator: " and "))"
            problems.append(Diagnostic(at: options.location, message, hint: "name one of manifests, kustomize, helm"))
        }
        for path in (options["manifests"]?.oneOrMore ?? []) + [options["kustomize"]].compactMap(\.self) {
            guard let text = path.text, !text.contains("${"), !text.contains("://"), let absolute = Paths.absolute(path), !FileSystem.exists(absolute) else { continue }
            problems.append(Diagnostic(at: path.location, "there is no \(absolute)", hint: "relative paths are relative to the file that names them"))
        }
        return problems
    }
}
