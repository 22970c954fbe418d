import MatrixCore

/// `budget:`, `expires:`, `unavailable:`, `keep:`, `reports:`, `ssh:`, `environment:` and `evidence:`.
enum RunSections {
    static let budget = KeyShape(
        "budget",
        .object(
            ObjectShape(
                "the budget",
                [
                    KeyShape(
                        "hourly", .pattern(#"[0-9]+(\.[0-9]+)? [A-Z]{3}"#, meaning: "an amount with its currency (1.00 USD)"),
                        "The most that all machines together may cost per hour", required: true)
                ])),
        "A run does not start above it")
    static let expires = KeyShape(
        "expires", .either([.pattern("never", meaning: "a duration (4h) or never"), .duration]),
        "How long resources live before `matrix reap` may destroy them")
    static let unavailable = KeyShape(
        "unavailable", .choice(Unavailable.allCases.map(\.rawValue)), "The result of a cell whose system is not available on its platform")
    static let environment = KeyShape(
        "environment", .choice(["inherit", "clean"]),
        "What programs on this machine get of the environment: all but the variables of secrets and credentials, or only PATH, HOME, the "
            + "locale and the like. A step gets what its `env:` names. Default: `inherit`")
    static let evidence = KeyShape(
        "evidence", .choice(EvidenceLevel.allCases.map(\.rawValue)),
        "What is read on a host when a check fails there, for the report: nothing; what belongs to the kind of check, such as the unit's "
            + "journal or what listens; or `full`, the same at greater length with the host's disks, memory and kernel log. Default: "
            + "`default`")
    static let keep = KeyShape("keep", .choice(Keep.allCases.map(\.rawValue)), "Which cells stay up after the run")

    static let reports = KeyShape(
        "reports",
        .object(
            ObjectShape(
                "the settings of reports",
                [
                    KeyShape(
                        "keep", .integer(1...1_000_000),
                        "How many reports of this matrix stay in the folder of reports: after a run the oldest others are removed. "
                            + "Default: all")
                ])),
        "What happens to the reports of earlier runs")

    static let ssh = KeyShape(
        "ssh",
        .object(
            ObjectShape(
                "the SSH settings",
                [
                    KeyShape(
                        "kex", .choice(KeyExchange.allCases.map(\.rawValue)),
                        "Which key exchange logins offer first; `fast`: curve25519 on every network. Default: `default`, as OpenSSH "
                            + "chooses, with curve25519 on loopback")
                ])),
        "How the hosts are logged in to")

    static func budget(of document: Document?) -> Budget? {
        let words = document?["hourly"]?.text?.split(separator: " ") ?? []
        guard words.count == 2, let amount = Double(words[0]) else { return nil }
        return Budget(hourly: amount, currency: String(words[1]), location: document?.location)
    }

    static func expires(of document: Document?) -> Duration? {
        document?.text == "never" ? nil : document?.duration ?? .seconds(4 * 3600)
    }
}
