public import MatrixCore

/// How long a simulated run takes and what fails in it: durations by phase, and faults, by cell.
public struct Scenario: Sendable, Hashable {
    /// Something that goes wrong.
    public struct Fault: Sendable, Hashable {
        var phase: Phase
        /// A glob over the names of deploy steps or checks; nil for the phase itself.
        var step: String?
        /// `failed` is a verdict of a step or check; `error` is infrastructure.
        var outcome = Outcome.error
        var message: String
        /// In how many tries of each cell; nil for all.
        var times: Int?
    }

    /// A rule for the cells that a glob matches.
    public struct Rule: Sendable, Hashable {
        /// A glob over cells' names.
        var cell: String
        var durations: [Phase: Duration] = [:]
        var faults: [Fault] = []
    }

    /// How many times faster than real time the run is.
    var speed: Double
    /// The durations of phases that neither a rule nor the history knows.
    var defaults: [Phase: Duration]
    /// Later rules win.
    var rules: [Rule]

    public init(speed: Double = 100, defaults: [Phase: Duration] = [:], rules: [Rule] = []) {
        self.speed = speed
        self.defaults = Self.usual.merging(defaults) { $1 }
        self.rules = rules
    }

    /// The durations of unknown phases: about those of a small virtual machine.
    private static let usual: [Phase: Duration] = [
        .create: .seconds(60), .provision: .seconds(45), .deploy: .seconds(180), .verify: .seconds(20), .finally: .seconds(2),
        .destroy: .seconds(10),
    ]

    /// How long a phase of a cell takes in reality: from a rule, else from the history, else the default.
    func duration(of phase: Phase, in cell: String, history: [Phase: Double]) -> Duration {
        rules.last { $0.durations[phase] != nil && Glob.matches($0.cell, cell) }?.durations[phase]
            ?? history[phase].map { .bounded(seconds: $0) } ?? defaults[phase] ?? .zero
    }

    /// What goes wrong in a phase of a cell.
    func faults(in phase: Phase, of cell: String) -> [Fault] {
        rules.filter { Glob.matches($0.cell, cell) }.flatMap(\.faults).filter { $0.phase == phase }
    }
}
