public import MatrixCore

extension Scenario {
    /// The shape of a scenario file.
    public static let shape = ObjectShape(
        "the scenario",
        [
            KeyShape("version", .integer(1...1), "The version of this format"),
            KeyShape("speed", .number, "How many times faster than real time the run is. Default: `100`"),
            KeyShape(
                "defaults", .object(ObjectShape("the default durations", phases)),
                "The durations of phases that neither a rule nor the history knows"),
            KeyShape("cells", .list(.object(ofCells)), "Rules for some cells; later ones win"),
        ])

    private static let phases = Phase.allCases.map { KeyShape($0.rawValue, .duration, "How long the \($0.rawValue) phase really takes") }

    private static let ofCells = ObjectShape(
        "a rule for some cells",
        [
            KeyShape("cell", .text, "A glob over cells' names. Default: all cells"),
            KeyShape("faults", .list(.object(ofFaults)), "What goes wrong in them"),
        ] + phases)

    private static let ofFaults = ObjectShape(
        "a fault",
        [
            KeyShape("phase", .choice(Phase.allCases.map(\.rawValue)), "The phase in which it happens", required: true),
            KeyShape("step", .text, "A glob over the names of steps or checks. Default: the phase itself"),
            KeyShape("outcome", .choice([Outcome.failed.rawValue, Outcome.error.rawValue]), "failed: a verdict; error: infrastructure"),
            KeyShape("message", .text, "What the report says"),
            KeyShape("times", .integer(1...1000), "In how many tries of each cell. Default: in all"),
        ])

    /// Reads a document that fits ``shape``.
    ///
    /// - Throws: `UsageError` for what shapes cannot express.
    public init(_ document: Document) throws {
        var problems: [Diagnostic] = []
        let speed = document["speed"]?.double ?? 100
        if speed <= 0 || speed > 1_000_000 {
            problems.append(
                Diagnostic(.error, at: document["speed"]?.location, "`speed` must be above 0 and at most 1000000", hint: "such as 100"))
        }
        let rules = (document["cells"]?.elements ?? []).map { item in
            Rule(
                cell: item["cell"]?.text ?? "*", durations: Self.durations(of: item),
                faults: (item["faults"]?.elements ?? []).compactMap { Self.fault($0, &problems) })
        }
        self.init(speed: speed, defaults: Self.durations(of: document["defaults"]), rules: rules)
        if !problems.isEmpty { throw UsageError(problems) }
    }

    private static func durations(of document: Document?) -> [Phase: Duration] {
        Dictionary(
            Phase.allCases.compactMap { phase in (document?[phase.rawValue]?.duration).map { (phase, $0) } }, uniquingKeysWith: { $1 })
    }

    private static func fault(_ document: Document, _ problems: inout [Diagnostic]) -> Fault? {
        guard let phase = document["phase"]?.text.flatMap(Phase.init) else { return nil }
        let isVerdict = document["outcome"]?.text == Outcome.failed.rawValue
        let hasSteps = [Phase.deploy, .verify, .finally].contains(phase)
        if isVerdict, !hasSteps {
            problems.append(
                Diagnostic(
                    .error, at: document["outcome"]?.location, "the \(phase.rawValue) phase gives no verdict",
                    hint: "write `outcome: error`, or `phase: deploy` or `phase: verify`"))
        }
        if let step = document["step"], !hasSteps {
            problems.append(
                Diagnostic(.error, at: step.location, "the \(phase.rawValue) phase has no steps", hint: "leave out `step`"))
        }
        return Fault(
            phase: phase, step: document["step"]?.text, outcome: isVerdict ? .failed : .error,
            message: document["message"]?.text ?? "simulated \(isVerdict ? "failure" : "fault")", times: document["times"]?.int)
    }
}
