import MatrixCore

/// `user`: an account of the host.
struct UserCheck: KeyedCheck, ProbedCheck {
    static let declaration = declared(
        "user", "Checks an account",
        example: "user: prometheus\ngroups: { contains: prometheus }\nshell: { matches: \"nologin$|false$\" }\n")

    @Key() private var name: String
    @Key("Whether the account exists. Default: `true`", .presence) private var exists = true
    @Key("Its numeric id") private var uid: Matcher?
    @Key("The numeric id of its primary group") private var gid: Matcher?
    @Key("The names of all its groups, sorted") private var groups: Matcher?
    @Key("Its home folder") private var home: Matcher?
    @Key("Its login shell") private var shell: Matcher?
    var item = CheckItem.none

    var probe: Probe {
        item.probe(AccountEntry.script(database: "passwd", name: name) + "id -Gn -- \(ShellQuoting.quote(name)) 2>/dev/null; exit 0")
    }

    var evidence: [EvidenceQuestion] { [.account(name, database: "passwd")] }
    /// `id` shows numbers and groups; home and shell stand in the database.
    var display: Command {
        let entry = ["getent", "passwd", name]
        let asksEntry = home != nil || shell != nil
        let asksGroups = uid != nil || gid != nil || groups != nil
        if asksEntry, asksGroups {
            return Command(["sh", "-c", "\(ShellQuoting.join(entry)); \(ShellQuoting.join(["id", name]))"], user: item.user)
        }
        return Command(asksEntry ? entry : ["id", name], user: item.user)
    }

    func judge(_ answer: ProbeAnswer) throws(Unanswered) -> Judgement {
        let lines = try answer.builtInText().parts(at: "\n", omittingEmptySubsequences: false)
        var judgement = Judgement()
        let entry = AccountEntry(lines.first ?? "", named: name, fields: 7)
        judgement.expect("exists", exists, observed: entry != nil)
        guard let entry, exists else { return judgement }
        let found = lines.dropFirst().first.map { $0.words.map(String.init).sorted() } ?? []
        // Every account has at least its primary group.
        if groups != nil, found.isEmpty { throw Unanswered("id does not list the groups of \(name)") }
        judgement.expect("uid", uid, entry.number(2))
        judgement.expect("gid", gid, entry.number(3))
        judgement.expect("groups", groups, .list(found.map { .printed($0) }))
        judgement.expect("home", home, .printed(entry.fields[5]))
        judgement.expect("shell", shell, .printed(entry.fields[6]))
        return judgement
    }
}
