import MatrixCore

/// `dns`: what a name resolves to.
///
/// Without `server` the system's resolver is asked for addresses, as programs do (/etc/hosts included). For other kinds of
/// records, and if `server` is set, the check sends a DNS message itself.
struct DNSCheck: KeyedCheck, ProbedCheck {
    static let declaration = declared(
        "dns", "Resolves a name, from the host, or from the place in from:",
        example: "dns: example.org\ntype: MX\nserver: 192.0.2.53\nanswers: { contains: { matches: mail } }\n", asksFromElsewhere: true)

    private static let id: UInt16 = 0x534d

    @Key() private var name: String
    @Key("Whether there is an answer. Default: `true`", .presence) private var resolves = true
    @Key(
        nil, .choice(DNSMessage.Kind.allCases.map(\.name)), "The kind of record. Default: A and AAAA",
        reader: { $0.text.flatMap(DNSMessage.Kind.init(name:)) })
    private var type: DNSMessage.Kind?
    @Key(nil, .text, "The name server to ask, with or without a port. Default: the system's", parse: endpoint)
    private var server: HostPort?
    @Key("The addresses; bare values must be among them", reader: Matcher.among) private var addresses: Matcher?
    @Key("The records' texts, such as \"10 mail.example.org\"; bare values must be among them", reader: Matcher.among) private var answers:
        Matcher?
    var item = CheckItem.none
    private var message: [UInt8] = []

    init() {}

    init(_ item: CheckItem) throws {
        try self.init(reading: item)
        guard let message = DNSMessage.question(asked, type ?? .a, id: Self.id) else {
            throw UsageError([
                Diagnostic(at: item.subject.location, "'\(name)' is not a DNS name", hint: "write a name or, for PTR, an address")
            ])
        }
        self.message = message
    }

    @Sendable private static func endpoint(_ document: Document) throws(UsageError) -> HostPort? {
        let text = document.text ?? ""
        guard let endpoint = HostPort(text, standard: 53) else {
            throw UsageError([
                Diagnostic(at: document.location, "'\(text)' is not a name server", hint: "write an address, with or without :PORT")
            ])
        }
        return endpoint
    }

    private var asked: String { type == .ptr ? DNSMessage.reverse(name) ?? name : name }

    var probe: Probe {
        let seconds = item.wholeSeconds
        let question = Self.question(message, to: server, seconds: seconds)
        let isSystem = server == nil && (type == nil || type == .a || type == .aaaa)
        return .builtIn(
            isSystem ? Self.system(name, type, then: resolves ? "" : question) : question, user: item.user,
            timeout: .seconds(6 * seconds + 5))
    }

    var evidence: [EvidenceQuestion] { [.resolver, .route] }
    var display: Command {
        if server == nil, type == nil { return Command(["getent", "ahosts", name], user: item.user) }
        return Command(["dig"] + (server.map { ["@\($0.host)", "-p", "\($0.port)"] } ?? []) + [asked, (type ?? .a).name], user: item.user)
    }

    static func misfits(_ item: Document) -> [Diagnostic] {
        guard let addresses = item.members.first(where: { $0.key == "addresses" }), let type = item["type"]?.text, type != "A",
            type != "AAAA"
        else { return [] }
        return [Diagnostic(at: addresses.keyLocation, "records of type \(type) are not addresses", hint: "write answers: instead")]
    }

    /// getent also fails if the name server does not answer. Only the server can say that a name does not exist.
    private static func system(_ name: String, _ kind: DNSMessage.Kind?, then question: String) -> String {
        let database = kind == .a ? "ahostsv4" : kind == .aaaa ? "ahostsv6" : "ahosts"
        return """
            command -v getent >/dev/null || fail "there is no getent to resolve names"
            found=$(getent \(database) \(ShellQuoting.quote(name)))
            case $? in 0 | 2) ;; *) fail "getent \(database) ended with status $?" ;; esac
            [ -z "$found" ] || { echo "$found" | while read -r address rest; do echo "address=$address"; done; exit 0; }
            echo resolver=system

            """ + (question.isEmpty ? "exit 0" : question)
    }

    private static func question(_ message: [UInt8], to server: HostPort?, seconds: Int) -> String {
        let length = [UInt8(message.count >> 8), UInt8(message.count & 0xff)]
        return SocketScript.converse + """
            server=\(ShellQuoting.quote(server?.host ?? "")) port=\(server?.port ?? 53)
            [ -n "$server" ] || while read -r word value rest; do
              [ "$word" != nameserver ] || { server=$value; break; }
            done </etc/resolv.conf
            [ -n "$server" ] || fail "there is no nameserver in /etc/resolv.conf to ask"
            for try in 1 2; do
              answer=$(converse udp "$server" "$port" '\(SocketScript.escaped(message))' \(seconds))
              [ -z "$answer" ] || break
            done
            # The third byte holds the flag that the answer was too long for a datagram.
            third=$(echo "$answer" | cut -c 5-6)
            [ -z "$third" ] || [ $((0x$third & 2)) = 0 ] || \
            answer=$(converse tcp "$server" "$port" '\(SocketScript.escaped(length + message))' \(seconds))
            echo "server=$server"
            echo "message=$answer"
            exit 0
            """
    }

    func judge(_ answer: ProbeAnswer) throws(Unanswered) -> Judgement {
        let text = try answer.builtInText()
        let facts = KeyedLines(text)
        let listed = text.parts(at: "\n").compactMap { $0.rest(after: "address=").map(String.init) }
        if !listed.isEmpty { return judge(Set(listed).sorted()) }
        guard let hexadecimal = facts["message"] else { return judge([], because: "the system's resolver finds no address") }
        let server = facts["server"] ?? ""
        guard let message = SocketScript.bytes(hexadecimal).flatMap({ DNSMessage($0, id: Self.id) }) else {
            return try unanswered("\(server) does not answer")
        }
        guard message.code == 0 || message.code == 3 else { return try unanswered("\(server) answers \(message.codeName)") }
        let records = message.records.filter { $0.kind == type ?? .a }.map(\.text).sorted()
        return judge(records, because: message.code == 3 ? "NXDOMAIN" : "no record of type \((type ?? .a).name)")
    }

    /// If the server does not answer, the name cannot be resolved, but it may exist.
    private func unanswered(_ why: String) throws(Unanswered) -> Judgement {
        guard resolves else { throw Unanswered("\(why), so it is not known whether \(name) exists", next: "check the name server") }
        return judge([], because: why)
    }

    private func judge(_ found: [String], because why: String = "") -> Judgement {
        var judgement = Judgement()
        judgement.expect("resolves", resolves, observed: !found.isEmpty, as: found.isEmpty ? why : found.joined(separator: ", "))
        guard resolves, !found.isEmpty else { return judgement }
        judgement.expect("addresses", addresses, .list(found.map { .printed($0) }))
        judgement.expect("answers", answers, .list(found.map { .printed($0) }))
        return judgement
    }
}
