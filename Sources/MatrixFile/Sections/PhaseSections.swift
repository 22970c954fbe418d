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
        guard let document else { return timeouts }
        timeouts.create = document["create"]?.duration ?? timeouts.create
        timeouts.provision = document["provision"]?.duration ?? timeouts.provision
        timeouts.deploy = document["deploy"]?.duration ?? timeouts.deploy
        timeouts.verify = document["verify"]?.duration ?? timeouts.verify
        timeouts.finally = document["finally"]?.duration ?? timeouts.finally
        timeouts.destroy = document["destroy"]?.duration ?? timeouts.destroy
        return timeouts
    }

    static func retries(of document: Document?) -> Retries {
        var retries = Retries()
        retries.create = document?["create"]?.int ?? retries.create
        retries.provision = document?["provision"]?.int ?? retries.provision
        return retries
    }
}
