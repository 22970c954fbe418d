import MatrixCore

/// `group`: a group of the host.
struct GroupCheck: KeyedCheck, ProbedCheck {
    static let declaration = declared("group", "Checks a group", example: "group: prometheus\ngid: { lt: 1000 }\n")

    @Key() private var name: String
    @Key("Whether the group exists. Default: `true`", .presence) private var exists = true
    @Key("Its numeric id") private var gid: Matcher?
    var item = CheckItem.none

    var probe: Probe { item.probe(AccountEntry.script(database: "group", name: name)) }
    var evidence: [EvidenceQuestion] { [.account(name, database: "group")] }
    var display: Command { Command(["getent", "group", name], user: item.user) }

    func judge(_ answer: ProbeAnswer) throws(Unanswered) -> Judgement {
        let line = try answer.builtInText().parts(at: "\n").first ?? ""
        var judgement = Judgement()
        let entry = AccountEntry(line, named: name, fields: 3)
        judgement.expect("exists", exists, observed: entry != nil)
        guard let entry, exists else { return judgement }
        judgement.expect("gid", gid, entry.number(2))
        return judgement
    }
}
