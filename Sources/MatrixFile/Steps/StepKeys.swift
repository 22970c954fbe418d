import MatrixCore

/// The keys of all steps and checks, beside the keys of their kind.
enum StepKeys {
    /// What a list of the file holds.
    enum List: String, CaseIterable {
        case deploy
        case verify
        case finally

        /// `check` or `step`.
        var noun: String { self == .verify ? "check" : "step" }
    }

    private static let name = KeyShape("name", .text, "Its name in reports. Default: made from the kind")
    private static let hosts = KeyShape("hosts", .text, "A role, group or host. Default: all hosts")
    private static let when = KeyShape("when", AxesSection.point, "Only in cells whose axis values match (globs, or lists of them)")
    private static let timeout = KeyShape("timeout", .duration, "The most time that it may take")
    private static let tags = KeyShape("tags", .oneOrMore(.text), "Words for --tags")
    private static let waive = KeyShape(
        "waive",
        .object(
            ObjectShape(
                "a waiver",
                [
                    KeyShape(
                        "until", .pattern("[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])", meaning: "a day (2027-01-31)"),
                        "The last day on which it may fail", required: true),
                    KeyShape("because", .text, "Why it may fail", required: true),
                ])),
        "Until that day, shown as skipped if it fails")

    private static let changes = KeyShape(
        "changes",
        .either([
            .boolean,
            .object(
                ObjectShape(
                    "the changes of a step",
                    [
                        KeyShape(
                            "allow", .oneOrMore(.text),
                            "What it may change, as globs (`package loki*`, `/etc/loki/**`); all else is a failure. Default: everything"),
                        KeyShape("forbid", .oneOrMore(.text), "What it must not change, as globs (`/etc/ssh/**`, `port *`)"),
                    ])),
        ]), "Asks the hosts before and after the step what they have, and shows the difference; a forbidden change is a failure")

    /// Keys of a step under `deploy:`.
    static let ofDeployStep = ofStep + [changes]

    /// Keys of every step.
    static let ofStep = [
        name, hosts, when,
        KeyShape("env", .map(.text), "Environment variables of what it runs"),
        timeout,
        KeyShape("retries", .integer(0...100), "Extra tries, on infrastructure errors only"),
        tags,
    ]

    private static let after = KeyShape(
        "after", .oneOrMore(.text),
        "The deploy step after which it is asked, by its name; asked once after each of a list. Default: when the deploy has ended")
    private static let memory = [
        KeyShape("remember", CheckMemory.names, "Remembers what it saw under this name, if it holds"),
        KeyShape("recall", CheckMemory.names, "Expects what an earlier check of its kind remembered under this name"),
    ]
    private static let within = KeyShape("within", .duration, "Asked again until it holds, for at most this long")
    private static let every = KeyShape("every", .duration, "The pause between two tries of within. Default: `2s`")

    /// Keys of a deployer's step under `verify:`.
    static let ofVerifyingStep = ofStep + [after, within, every, waive]

    /// The kind of an item that holds checks which belong to a deploy step together.
    static let block = Declaration(
        kind: "checks", subject: .list(.any),
        keys: [KeyShape("after", .oneOrMore(.text), "The deploy step after which they are asked, by its name", required: true)],
        summary: "Checks that are asked after a deploy step", example: "after: install\nchecks:\n  - service: loki\n")

    /// Keys of every check.
    ///
    /// - Parameters:
    ///   - fromElsewhere: whether it can be asked from another place than the host.
    ///   - remembers: whether it can remember what it saw.
    ///   - alone: whether nothing is deployed.
    static func ofCheck(fromElsewhere: Bool, remembers: Bool = false, alone: Bool = false) -> [KeyShape] {
        let from = KeyShape("from", .text, "The place that it is asked from: host, runner or a role. Default: `host`")
        return [name, hosts] + (fromElsewhere ? [from] : []) + (alone ? [] : [after] + (remembers ? memory : [])) + [
            KeyShape("as", .text, "The account on the host. Default: `root`"),
            timeout, within, every,
            KeyShape("stable", .duration, "How long it must keep holding"),
            when, tags, waive,
        ]
    }
}
