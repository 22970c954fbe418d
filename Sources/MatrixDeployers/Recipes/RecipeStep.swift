internal import MatrixCore

/// A recipe's stages for one step in one cell, each with its hosts.
struct RecipeStep {
    /// A stage on its hosts.
    struct Part {
        let stage: RecipeStage
        let hosts: [Host]
    }

    let recipe: Recipe
    let step: StepPlan
    let context: CellContext
    /// The stages that apply, in order.
    let parts: [Part]

    init(_ recipe: Recipe, _ step: StepPlan, in context: CellContext) throws {
        self.recipe = recipe
        self.step = step
        self.context = context
        // What the hosts are selected by is known for the whole cell.
        let subject = try (context.hosts.first.map(context.scope(for:)) ?? context.scope).render(step.subject)
        let stages = recipe.stages.filter { $0.applies(to: subject, of: recipe) }
        var hosts: [String: [Host]] = [:]
        for stage in stages {
            guard let name = stage.hosts else { continue }
            let selectors = recipe.option(name)?.texts(in: subject) ?? []
            hosts[stage.name] = selectors.flatMap { context.hosts(selectedBy: $0) }
        }
        // A step that names no hosts means those that no option names.
        let taken = step.hosts == nil ? Set(hosts.values.joined().map(\.name)) : []
        for stage in stages where stage.hosts == nil && stage.on.isEmpty {
            hosts[stage.name] = context.hosts(selectedBy: step.hosts).filter { !taken.contains($0.name) }
        }
        for stage in stages where !stage.on.isEmpty {
            let owners = stage.on.filter { hosts[$0] != nil }
            if !owners.isEmpty { hosts[stage.name] = owners.flatMap { hosts[$0] ?? [] } }
        }
        parts = stages.compactMap { stage in
            var seen: Set<String> = []
            let own = hosts[stage.name]?.filter { seen.insert($0.name).inserted }
            return own.map { Part(stage: stage, hosts: stage.isForFirst ? Array($0.prefix(1)) : $0) }
        }
    }

    /// Why the step cannot begin: its system is unknown to the recipe, or a stage has no host.
    var obstacle: (type: ProblemFamily, message: String)? {
        let os = context.cell.os.name
        if !recipe.systems.isEmpty, !recipe.systems.contains(where: { Glob.matches($0, os) }) {
            return (
                .recipeSystem,
                "\(recipe.kind) is for \(recipe.systems.joined(separator: ", ")), and this cell is \(os); "
                    + "leave it out there with when: { os: … }"
            )
        }
        if parts.isEmpty { return (.recipeNothing, "no stage of \(recipe.kind) applies here, so there is nothing to do") }
        guard let empty = parts.first(where: \.hosts.isEmpty) else { return nil }
        let selector = empty.stage.hosts ?? "hosts"
        return (.recipeHosts, "no hosts matched: this cell has no host for \(selector): of \(recipe.kind) (stage \(empty.stage.name))")
    }

    /// The names for scripts and checks beside the options: the names and addresses of each stage's hosts.
    private var places: [(space: String, name: String, text: String)] {
        parts.flatMap { part in
            [
                ("hosts", part.stage.name, part.hosts.map(\.name).joined(separator: " ")),
                ("addresses", part.stage.name, part.hosts.map(\.endpoint.internalAddress).joined(separator: " ")),
            ]
        }
    }

    /// The variables of a stage's script on one host, options apart.
    func facts(of host: Host) -> [String: String] {
        let scope = context.scope(for: host)
        var facts = context.environment.filter { ["SOLTI_RUN", "SOLTI_CELL", "SOLTI_OS", "SOLTI_PLATFORM"].contains($0.key) }
        for name in ["name", "address", "fqdn", "role"] { facts["host_\(name)"] = scope["host.\(name)"] }
        for place in places { facts[RecipeOption.variable(place.space, place.name)] = place.text }
        return facts
    }

    /// The texts of all options on one host, rendered; without files.
    func optionTexts() -> [String: String] {
        let texts = recipe.options.filter { $0.kind != .file }.map { option in
            (option.variable, option.texts(in: step.subject).filter { option.kind != .flag || $0 != "false" }.joined(separator: "\n"))
        }
        return Dictionary(texts) { first, _ in first }
    }

    /// The scope for the checks of a stage.
    func checkScope() throws -> Scope {
        var names: [String: String] = [:]
        for place in places { names["\(place.space).\(place.name)"] = place.text }
        for option in recipe.options {
            names["option.\(option.name)"] = try option.texts(in: step.subject).map { try context.scope.render($0, at: step.location) }
                .joined(separator: " ")
        }
        return context.scope.adding(names)
    }
}
