import MatrixCore

/// `group`: a group of the host.
struct GroupCheck: ProbedCheck {
    static let declaration = Declaration(
        kind: "group", subject: .text,
        keys: [
            KeyShape("exists", .boolean, "Whether there is such a group; true where it is not said"),
            KeyShape("gid", .matcher, "Its number"),
        ],
        summary: "Asks about a group",
        example: "group: prometheus\ngid: { lt: 1000 }\n",
        examine: { item in
            Examination.name("group", in: item) + Examination.matchers(["gid"], in: item)
                + Examination.pointless(["gid"], in: item, since: "exists", is: false)
        })

    private let name: String
    private let exists: Bool
    private let gid: Matcher?
    let probe: Probe
    let display: Command

    init(_ item: CheckItem) throws {
        name = try item.subjectText()
        exists = item.options["exists"]?.bool ?? true
        gid = try item.matcher("gid")
        probe = item.probe(AccountEntry.script(database: "group", name: name))
        display = Command(["getent", "group", name], user: item.user)
    }

    func judge(_ answer: ProbeAnswer) throws(Unanswered) -> Judgement {
        let line = try answer.builtInText().split(separator: "\n").first ?? ""
        var judgement = Judgement()
        let entry = AccountEntry(line, named: name, fields: 3)
        judgement.expect("exists", exists, observed: entry != nil)
        guard let entry, exists else { return judgement }
        judgement.expect("gid", gid, entry.number(2))
        return judgement
    }
}
