import MatrixCore

/// `process`: running processes by name.
struct ProcessCheck: KeyedCheck, ProbedCheck {
    static let declaration = declared(
        "process", "Checks running processes by the name of their program", example: "process: sshd\ncount: { ge: 1 }\nuser: root\n")

    @Key() private var name: String
    @Key("How many run. Default: at least one") private var count = Matcher.atLeast(1)
    @Key("The account that each of them runs as") private var user: Matcher?
    var item = CheckItem.none

    var probe: Probe { item.probe(ProcessTable.script, limit: 1 << 21) }
    var evidence: [EvidenceQuestion] { [.processes] }
    var display: Command { Command(["ps", "-C", name, "-o", "pid,user,args"], user: item.user) }

    func judge(_ answer: ProbeAnswer) throws(Unanswered) -> Judgement {
        let table = ProcessTable(try answer.builtInText())
        guard table.isWhole else {
            throw Unanswered("\(item.user) does not see all processes of the host", next: "remove as:, or mount /proc without hidepid")
        }
        let found = table.processes(named: name)
        var judgement = Judgement()
        judgement.expect("count", count, .int(found.count))
        guard let user else { return judgement }
        let users = Set(found.map(\.user)).sorted()
        if let wrong = users.first(where: { !user.fits($0, order: .debian) }) {
            judgement.expect("user", user, .printed(wrong))
        } else {
            judgement.note("user", expected: user.words, observed: users.joined(separator: ", "), holds: !users.isEmpty)
        }
        return judgement
    }
}
