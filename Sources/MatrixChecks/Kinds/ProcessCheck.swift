import MatrixCore

/// `process`: running processes by name.
struct ProcessCheck: ProbedCheck {
    static let declaration = Declaration(
        kind: "process", subject: .text,
        keys: [
            KeyShape("count", .matcher, "How many run; at least one where it is not said"),
            KeyShape("user", .matcher, "The account that each of them runs as"),
        ],
        summary: "Asks about running processes by the name of their program",
        example: "process: sshd\ncount: { ge: 1 }\nuser: root\n",
        examine: { Examination.name("process", in: $0) + Examination.matchers(["count", "user"], in: $0) })

    private let name: String
    private let count: Matcher
    private let user: Matcher?
    let probe: Probe
    let display: Command

    init(_ item: CheckItem) throws {
        name = try item.subjectText()
        count = try item.matcher("count") ?? .compares(.greaterOrEqual, 1, "1")
        user = try item.matcher("user")
        probe = item.probe(ProcessTable.script, limit: 1 << 21)
        display = Command(["ps", "-C", name, "-o", "pid,user,args"], user: item.user)
    }

    func judge(_ answer: ProbeAnswer) throws(Unanswered) -> Judgement {
        let table = ProcessTable(try answer.builtInText())
        let found = table.processes(named: name)
        var judgement = Judgement()
        judgement.expect("count", count, .int(found.count))
        guard let user else { return judgement }
        let users = Set(found.map(\.user)).sorted()
        if let wrong = users.first(where: { !user.fits(.string($0), order: .debian) }) {
            judgement.expect("user", user, .string(wrong))
        } else {
            judgement.note("user", expected: user.words, observed: users.joined(separator: ", "), holds: !users.isEmpty)
        }
        return judgement
    }
}
