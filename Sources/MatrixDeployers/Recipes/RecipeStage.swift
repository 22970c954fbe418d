internal import MatrixCore

/// One stage of a recipe on some of a cell's hosts: a script, what its output must and must not hold, and checks.
struct RecipeStage: Sendable {
    let name: String
    /// The option that names its hosts; nil for the step's hosts.
    let hosts: String?
    /// The stages whose hosts it uses; empty if it has its own hosts.
    let on: [String]
    /// Whether it is only for the first of its hosts.
    let isForFirst: Bool
    let when: [String]
    let unless: [String]
    /// Bytes.
    let memory: Int?
    let needsFullName: Bool
    let script: String?
    let successes: [String]
    let failures: [String]
    /// Regular expressions with one group, by the secret's name.
    let secrets: [String: String]
    let files: [String]
    let checks: [StepPlan]

    init(_ document: Document, checks: [StepPlan]) {
        name = document["name"]?.text ?? ""
        hosts = document["hosts"]?.text
        on = document["on"]?.texts ?? []
        isForFirst = document["first"]?.bool ?? false
        when = document["when"]?.texts ?? []
        unless = document["unless"]?.texts ?? []
        memory = document["needs"]?["memory"]?.bytes
        needsFullName = document["needs"]?["fqdn"]?.bool ?? false
        script = document["script"]?.text
        successes = document["succeeds_on"]?.texts ?? []
        failures = document["fails_on"]?.texts ?? []
        secrets = Dictionary((document["secrets"]?.members ?? []).map { ($0.key, $0.value.text ?? "") }) { first, _ in first }
        files = document["files"]?.texts ?? []
        self.checks = checks
    }

    /// Whether a step with `subject` has this stage.
    func applies(to subject: Document, of recipe: Recipe) -> Bool {
        func gives(_ name: String) -> Bool { recipe.option(name)?.isGiven(in: subject) ?? false }
        if let hosts, !gives(hosts) { return false }
        return (when.isEmpty || when.contains(where: gives)) && !unless.contains(where: gives)
    }
}
