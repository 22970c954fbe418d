/// The identity of a case in a cell, as it was in the release before names stood as they were written.
public struct FormerCase: Sendable, Hashable {
    public var phase: Phase
    public var step: String
    public var name: String

    public init(phase: Phase, step: String, name: String) {
        self.phase = phase
        self.step = step
        self.name = name
    }

    public init(_ test: CaseResult) { self.init(phase: test.phase, step: test.step, name: test.name) }

    /// What the cases of one cell were called, by what they are called now: only those whose name changed.
    ///
    /// - Parameter cases: the phase, step and name of each, in the order of the plan.
    public static func all(of cases: some Sequence<(phase: Phase, step: String, name: String)>) -> [FormerCase: FormerCase] {
        var former: [FormerCase: FormerCase] = [:]
        var taken: Set<FormerCase> = []
        for test in cases {
            let now = FormerCase(phase: test.phase, step: test.step, name: test.name)
            var then = now.former
            // A name that did not change may itself be a former one, in a list of old and new cases.
            guard then != now else { continue }
            var number = 2
            let (text, label) = parts(of: then.name)
            while !taken.insert(then).inserted {
                then.name = "\(text) (\(number))\(label)"
                number += 1
            }
            former[now] = then
        }
        return former
    }

    /// The tests that a script or a playbook reports are named by it.
    private var former: FormerCase {
        let isNamedByFile = step == phase.rawValue || name == step || name.hasPrefix("\(step) ")
        return FormerCase(phase: phase, step: FormerName.of(step), name: isNamedByFile ? FormerName.of(name) : name)
    }

    /// The host's label stands behind the number of a repeated name.
    private static func parts(of name: String) -> (text: String, label: String) {
        guard name.hasSuffix(")"), let open = name.ranges(of: " (").last?.lowerBound else { return (name, "") }
        return (String(name[..<open]), String(name[open...]))
    }
}
