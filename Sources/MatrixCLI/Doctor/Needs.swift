import MatrixCore
import MatrixFile

/// What a matrix needs of the runner: the programs of its platforms' drivers and of its steps' kinds.
struct Needs: Sendable {
    /// What every run uses; git names the commit in reports.
    private(set) var programs: Set<ProgramNeed> = [.needed("ssh"), .needed("ssh-keygen"), .useful("git")]

    init() {}

    /// - Parameter loader: what read the plan; it knows all kinds.
    init(_ plan: Plan, read loader: MatrixLoader) {
        for settings in plan.platforms.values {
            for driver in loader.drivers where driver.kind == settings.driver { programs.formUnion(driver.programs(settings.options)) }
        }
        let kinds = Dictionary(grouping: loader.deployers + loader.checks, by: \.kind)
        let steps: [StepPlan] = plan.cells.flatMap { $0.deploy + $0.verify + $0.finally }
        for step in steps where step.skipped == nil {
            for kind in kinds[step.kind] ?? [] { programs.formUnion(kind.programs(step.options)) }
        }
    }
}
