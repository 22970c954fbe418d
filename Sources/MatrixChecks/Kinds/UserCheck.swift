import MatrixCore

/// `user`: an account of the host.
struct UserCheck: ProbedCheck {
    static let declaration = Declaration(
        kind: "user", subject: .text,
        keys: [
            KeyShape("exists", .boolean, "Whether there is such an account; true where it is not said"),
            KeyShape("uid", .matcher, "Its number"),
            KeyShape("gid", .matcher, "The number of its first group"),
            KeyShape("groups", .matcher, "The names of all its groups, sorted"),
            KeyShape("home", .matcher, "Its home folder"),
            KeyShape("shell", .matcher, "Its login shell"),
        ],
        summary: "Asks about an account",
        example: "user: prometheus\ngroups: { contains: prometheus }\nshell: { matches: \"nologin$|false$\" }\n",
        examine: { item in
            Examination.name("user", in: item) + Examination.matchers(keys, in: item)
                + Examination.pointless(keys, in: item, since: "exists", is: false)
        })

    private static let keys = ["uid", "gid", "groups", "home", "shell"]

    private let name: String
    private let exists: Bool
    private let matchers: [String: Matcher]
    let probe: Probe
    let display: Command

    init(_ item: CheckItem) throws {
        name = try item.subjectText()
        exists = item.options["exists"]?.bool ?? true
        matchers = try Self.keys.reduce(into: [:]) { $0[$1] = try item.matcher($1) }
        probe = item.probe(AccountEntry.script(database: "passwd", name: name) + "id -Gn -- \(ShellQuoting.quote(name)) 2>/dev/null; exit 0")
        display = Command(["id", name], user: item.user)
    }

    func judge(_ answer: ProbeAnswer) throws(Unanswered) -> Judgement {
        let lines = try answer.builtInText().split(separator: "\n", omittingEmptySubsequences: false)
        var judgement = Judgement()
        let entry = AccountEntry(lines.first ?? "", named: name, fields: 7)
        judgement.expect("exists", exists, observed: entry != nil)
        guard let entry, exists else { return judgement }
        let groups = lines.dropFirst().first.map { $0.split(separator: " ").map(String.init).sorted() } ?? []
        judgement.expect("uid", matchers["uid"], entry.number(2))
        judgement.expect("gid", matchers["gid"], entry.number(3))
        judgement.expect("groups", matchers["groups"], .list(groups.map { .string($0) }))
        judgement.expect("home", matchers["home"], .string(entry.fields[5]))
        judgement.expect("shell", matchers["shell"], .string(entry.fields[6]))
        return judgement
    }
}
