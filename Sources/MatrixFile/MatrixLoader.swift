public import MatrixCore

/// Reads matrix files: YAML with positions, validation, merging, expansion into cells.
///
/// All problems of a file are reported at once, and nothing outside is changed. Choices that the
/// format leaves open:
/// - An item of `include:` that names a cell of the product makes no second cell: its keys beside the axes override that
///   cell, after `cells:`. Naming the same cell in two items is an error.
/// - `provision.by_os` adds to the lists of `provision`; its other keys override. In `cells:` lists replace, as everywhere.
/// - With `--tags`, deploy steps and checks without one of the tags or `always` are skipped; steps of `finally:` without any tags run.
/// - `--where` conditions on one axis are alternatives. `--set` overrides the file, its `cells:` and its `include:`.
/// - A platform that has the name of a driver without required settings (`podman`) need not be described.
/// - A variable of the environment must be set only if a selected cell uses it.
public struct MatrixLoader {
    /// The known kinds of steps.
    public let deployers: [Declaration]
    /// The known kinds of checks.
    public let checks: [Declaration]
    /// The known drivers of platforms.
    public let drivers: [Declaration]
    let environment: [String: String]
    /// Whether the file is only looked at.
    let isOffline: Bool

    /// - Parameters:
    ///   - deployers: the known kinds of steps.
    ///   - checks: the known kinds of checks.
    ///   - drivers: the drivers of platforms; their keys are beside `driver:`.
    ///   - environment: what `${env.X}` reads; `HOME` is `~`, and `PROXMOX_DISTRO` selects by os.
    ///   - isOffline: whether the file is only looked at: placeholders stand for variables of the environment that are not set or
    ///     whose names say that they are secrets, and no platform is left out.
    public init(
        deployers: [Declaration], checks: [Declaration], drivers: [Declaration], environment: [String: String], isOffline: Bool = false
    ) {
        self.isOffline = isOffline
        self.deployers = deployers
        self.checks = checks
        self.drivers = drivers
        self.environment = environment
    }

    /// Whether the name of a variable of the environment says that it is a secret.
    public static func isSecret(variable name: String) -> Bool { Placeholders.isSecret(name) }

    /// Reads and expands a matrix file.
    ///
    /// - Parameter path: the file, absolute or relative to the working folder; positions show it as it is given.
    /// - Throws: `UsageError` with all problems, in the order of their positions, if one of them is an error.
    public func load(_ path: String, selection: Selection = Selection()) throws -> Plan {
        let context = isOffline ? LoadContext(offlineWith: environment) : LoadContext(environment: environment)
        let plan = PlanBuilder(context: context, kinds: kinds, drivers: drivers, selection: selection).plan(of: path)
        let problems = context.problems.sorted(by: context.sources.files)
        guard var plan, !context.problems.hasErrors else { throw UsageError(problems) }
        plan.placeholders = context.placeholders?.names ?? []
        plan.warnings = [plan.placeholderWarning].compactMap(\.self) + problems
        return plan
    }

    /// The JSON Schema of matrix files (draft 2020-12), with all kinds of steps, checks and platforms.
    public func schema() -> Value { SchemaWriter(kinds: kinds, drivers: drivers).schema() }

    /// The JSON Schema of the files that `use:` names.
    public func platformsSchema() -> Value { SchemaWriter(kinds: kinds, drivers: drivers).platformsSchema() }

    /// The JSON Schema of the files that hold only checks.
    public func checksSchema() -> Value { checksWriter.checksSchema() }

    /// The JSON Schema of another kind of file.
    ///
    /// - Parameters:
    ///   - shape: what a map in it must be.
    ///   - kind: the kind of file, for the schema's identity.
    ///   - description: what it is, in one sentence without a full stop.
    ///   - checks: the path in the schema of a member that holds a list of checks; empty for none.
    public func schema(of shape: ObjectShape, _ kind: SchemaKind, _ description: String, checks: [String] = []) -> Value {
        checksWriter.schema(of: shape, kind, description, checks: checks)
    }

    /// Outside a matrix file no step runs.
    private var checksWriter: SchemaWriter {
        SchemaWriter(kinds: [.verify: StepKinds(.verify, deployers: deployers, checks: checks, alone: true)], drivers: [])
    }

    private var kinds: [StepKeys.List: StepKinds] {
        let lists: [StepKeys.List] = [.deploy, .verify, .finally]
        return Dictionary(lists.map { ($0, StepKinds($0, deployers: deployers, checks: checks)) }) { first, _ in first }
    }
}
