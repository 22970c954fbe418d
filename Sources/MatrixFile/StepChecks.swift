public import MatrixCore

extension MatrixLoader {
    /// The checks of a list that belongs to no cell: those of a recipe.
    ///
    /// References stay as they are, for the step that asks the checks.
    /// - Throws: `UsageError` with all problems, in the order of their positions.
    public func checks(of list: Document) throws -> [StepPlan] {
        let context = LoadContext(environment: environment)
        let reader = StepReader(context, kinds: [.verify: StepKinds(.verify, deployers: deployers, checks: checks, alone: true)], axes: [])
        var steps = reader.templates(of: list, in: .verify).map { template in
            var step = template.step(from: template.document)
            step.name = StepName.of(step.options, kind: template.kind.declaration)
            return step
        }
        guard !context.problems.hasErrors else { throw UsageError(context.problems.sorted(by: context.sources.files)) }
        for (index, name) in StepName.unique(steps.map(\.name)).enumerated() { steps[index].name = name }
        return steps
    }
}
