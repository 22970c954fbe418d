import MatrixCore

/// Finds the problems of a `kubernetes` check that shapes cannot say.
enum KubernetesExamination {
    static let hint = "write one of nodes: all, rollout: deployment/web, pods: app=web, path: /api/v1/…"

    /// A rollout's plural and name; nil if the text names no rollout.
    static func rollout(_ text: String) -> (plural: String, name: String)? {
        let parts = text.split(separator: "/").map(String.init)
        guard parts.count == 2, let plural = KubernetesCheck.plurals[parts[0].lowercased()] else { return nil }
        return (plural, parts[1])
    }

    static func problems(_ item: Document) -> [Diagnostic] {
        guard let subject = item["kubernetes"] else { return [] }
        let asked = ["nodes", "rollout", "pods", "path"].filter { subject.has($0) }
        guard asked.count == 1, let kind = asked.first else {
            let message = asked.isEmpty ? "kubernetes asks for nothing" : "kubernetes asks for \(asked.joined(separator: " and ")) at once"
            return [Diagnostic(at: subject.location, message, hint: hint)]
        }
        var problems = KubernetesCheck.expectation.problems(in: item) + Examination.name(kind, in: subject)
        if let text = subject["rollout"]?.text, !text.contains("${"), rollout(text) == nil {
            problems.append(
                Diagnostic(
                    at: subject["rollout"]?.location, "'\(text)' is not a rollout",
                    hint: "write deployment/NAME, statefulset/NAME or daemonset/NAME"))
        }
        let useless = kind == "path" ? ["ready", "count"] : ["json"]
        for member in item.members where useless.contains(member.key) {
            problems.append(Diagnostic(at: member.keyLocation, "\(member.key) cannot be used with \(kind):", hint: "remove it"))
        }
        return problems
    }
}
