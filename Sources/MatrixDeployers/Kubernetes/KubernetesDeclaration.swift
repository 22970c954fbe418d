internal import MatrixCore

extension KubernetesDeployer {
    private static let chart = ObjectShape(
        "a Helm chart",
        [
            KeyShape("chart", .text, "The chart: a folder, an archive, an oci:// address, or its name in repo", required: true),
            KeyShape("release", .text, "The release's name; default: the step's name"),
            KeyShape("repo", .text, "The address of the chart's repository"),
            KeyShape("version", .text, "The chart's version"),
            KeyShape("values", .oneOrMore(.text), "Files of values"),
        ])

    private static let keys: [KeyShape] = [
        KeyShape("manifests", .oneOrMore(.text), "Files or folders of manifests, or https:// addresses"),
        KeyShape("kustomize", .text, "A folder with a kustomization"),
        KeyShape("helm", .object(chart), "A chart; needs helm on the runner"),
        KeyShape("namespace", .text, "The namespace of objects that name none; created if missing; default: `default`"),
        KeyShape("wait", .duration, "How long the whole rollout may take; default: 5m; 0s does not wait"),
        KeyShape("state", .choice(["present", "absent"]), "absent deletes instead; default: present"),
        KeyShape(
            "kubectl", .choice(["auto", "runner", "node"]),
            "The runner's kubectl, or K3s's on the control node; auto (default): the first that is installed"),
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
            let message =
                sources.isEmpty ? "`kubernetes` names nothing to apply" : "`kubernetes` has both \(sources.joined(separator: " and "))"
            problems.append(Diagnostic(at: options.location, message, hint: "name one of manifests, kustomize, helm"))
        }
        for path in (options["manifests"]?.oneOrMore ?? []) + [options["kustomize"]].compactMap(\.self) {
            if path.text?.contains("://") != true { problems += [Paths.missing(path, "file or folder")].compactMap(\.self) }
        }
        return problems
    }
}
