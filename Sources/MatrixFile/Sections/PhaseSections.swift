import MatrixCore

/// `timeouts:` and `retries:` of the phases.
enum PhaseSections {
    static let timeouts = KeyShape(
        "timeouts",
        .object(
            ObjectShape(
                "the timeouts", Phase.allCases.map { KeyShape($0.rawValue, .duration, "The most time that \($0.rawValue) may take") })),
        "The most time that each phase may take, including retries", nullable: true)

    static let retries = KeyShape(
        "retries",
        .object(
            ObjectShape(
                "the retries",
                [
                    KeyShape("create", .integer(0...100), "Extra tries of create"),
                    KeyShape("provision", .integer(0...100), "Extra tries of provision"),
                ])),
        "Extra tries of a phase, on infrastructure errors only", nullable: true)

    static func timeouts(of document: Document?) -> Timeouts {
        var timeouts = Timeouts()
        for phase in Phase.allCases { timeouts[phase] = document?[phase.rawValue]?.duration ?? timeouts[phase] }
        return timeouts
    }

    static func retries(of document: Document?) -> [Phase: Int] {
        Dictionary([Phase.create, .provision].map { ($0, document?[$0.rawValue]?.int ?? 1) }) { $1 }
    }
}
