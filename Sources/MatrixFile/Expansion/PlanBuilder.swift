internal import Foundation
import MatrixCore
internal import SystemPackage

/// Makes the plan of a file: reads, checks, expands, selects.
struct PlanBuilder {
    let context: LoadContext
    let kinds: [StepKeys.List: StepKinds]
    let drivers: [Declaration]
    let selection: Selection

    /// The plan of a file; nil if the file cannot be used. All problems are added to the context.
    func plan(of path: String) -> Plan? {
        guard let files = MatrixFilesReader(context: context).read(path, settings: selection.settings) else { return nil }
        let parts = MatrixParts(files, context: context)
        let references = ReferenceChecker(names: parts.names, sources: context.sources, problems: context.problems)
        parts.check(references)
        let scope = StaticScope(context, variables: Variables(parts.vars))
        var axes = Axes(parts.axes.map(scope.renderWholly), problems: context.problems)
        let rendered = scope.renderWholly(files.root.only(["exclude", "include", "sample"]))
        guard let points = PointReader(context: context).points(of: rendered, axes: &axes) else { return nil }
        let expansion = Expansion(
            context, parts: parts, axes: axes, points: points.points, scope: scope, kinds: kinds, drivers: drivers, selection: selection)
        let platforms = PlatformReader(
            context: context, drivers: drivers, document: parts.platforms, references: references, scope: scope)
        let cells = expansion.cells(platforms: platforms)
        var plan = plan(path, parts, axes, cells, platforms, scope)
        // What was not rendered any more must not look like a valid plan.
        if context.work.isSpent { reportWork(axes) }
        plan.sample = points.sample
        return plan
    }

    private func plan(
        _ path: String, _ parts: MatrixParts, _ axes: Axes, _ cells: Expansion.Cells, _ platforms: PlatformReader, _ scope: StaticScope
    ) -> Plan {
        let settings = scope.renderWholly(parts.ofRun)
        let used = Set(cells.plans.map(\.platform))
        let lent = platforms.platforms(used, demanded: cells.demanded)
        let name =
            settings["name"]?.text.map { PlainText.clean($0) }
            ?? path.split(separator: "/").last.map { String($0.prefix { $0 != "." }) } ?? path
        var plan = Plan(
            name: name, file: path, project: ProjectFolder.of(path),
            axes: axes.names.enumerated().map { Axis(name: $1, values: axes.listed[$0]) }, cells: cells.plans,
            notSelected: cells.notSelected, selection: cells.selection, platforms: lent.settings)
        plan.absent = lent.absent
        platforms.checkUnused(except: used)
        plan.limits = LimitsSection.limits(of: settings["limits"])
        plan.secrets = SecretsSection.sources(of: settings["secrets"], home: context.home)
        plan.budget = RunSections.budget(of: settings["budget"])
        plan.expires = RunSections.expires(of: settings["expires"])
        plan.unavailable = settings["unavailable"]?.text.flatMap(Unavailable.init) ?? .error
        plan.requirements = RequiresSection.requirements(of: settings["requires"], problems: context.problems)
        plan.ansible = RequiresSection.ansible(of: settings["ansible"], context: context)
        plan.keyExchange = settings["ssh"]?["kex"]?.text.flatMap(KeyExchange.init) ?? .standard
        plan.evidence = settings["evidence"]?.text.flatMap(EvidenceLevel.init) ?? .standard
        plan.after = AfterSection.command(of: parts.after, in: scope, context: context)
        plan.shard = cells.shard
        if plan.after != nil { plan.shard?.after = true }
        plan.keep = settings["keep"]?.text.flatMap(Keep.init) ?? .never
        plan.keptReports = settings["reports"]?["keep"]?.int
        plan.hasCleanEnvironment = settings["environment"]?.text == "clean"
        context.missing.report(to: context.problems)
        plan.absenceWarnings.forEach(context.problems.add)
        if !context.unset.names.isEmpty { reportUnset(plan) }
        return plan
    }

    private func reportWork(_ axes: Axes) {
        context.problems.error(
            at: axes.keyLocations.first,
            "the cells hold too much together: their settings, steps and values with references are more than \(LoadLimits.work)",
            hint: "remove axis values or steps, or split the matrix")
    }

    /// What is not set is reported with the secrets that the run would miss next, so that nobody sets one after the other.
    private func reportUnset(_ plan: Plan) {
        let ofPlatforms = plan.platforms.values.flatMap { SecretSource.all(in: $0.options, home: context.home) }
        for source in plan.secrets.values + ofPlatforms {
            guard let variable = source.environmentVariable, context.environment[variable] == nil else { continue }
            context.problems.error(
                at: source.location, "the secret `\(source.name)` needs the environment variable `\(variable)`, which is not set",
                hint: "export \(variable)=…")
        }
    }
}

/// Finds the project that a matrix file belongs to.
enum ProjectFolder {
    /// The nearest folder above a file with `.git` or `.matrix`, else the file's own; absolute.
    static func of(_ file: String) -> String {
        let own = FilePath(FileReference.absolute(file)).removingLastComponent()
        var folder = own
        while true {
            for mark in [".git", ".matrix"] where FileManager.default.fileExists(atPath: folder.appending(mark).string) {
                return folder.string
            }
            let parent = folder.removingLastComponent()
            if parent == folder { return own.string }
            folder = parent
        }
    }
}
