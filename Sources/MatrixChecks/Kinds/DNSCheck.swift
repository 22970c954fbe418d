import MatrixCore

/// `dns`: what a name resolves to.
///
/// Without `server` addresses are asked of the system's resolver, as programs do it (/etc/hosts included); other kinds of
/// records, and named servers, are asked by a message of our own.
struct DNSCheck: ProbedCheck {
    static let declaration = Declaration(
        kind: "dns", subject: .text,
        keys: [
            KeyShape("resolves", .boolean, "Whether there is an answer; true where it is not said"),
            KeyShape("type", .choice(DNSMessage.Kind.allCases.map(\.name)), "The kind of record; A and AAAA where it is not said"),
            KeyShape("server", .text, "The name server to ask, with or without a port; the system's own where it is not said"),
            KeyShape("addresses", .matcher, "The addresses; bare ones must be among them"),
            KeyShape("answers", .matcher, "The records' texts, such as \"10 mail.example.org\"; bare ones must be among them"),
        ],
        summary: "Resolves a name, from the host unless from: says otherwise",
        example: "dns: example.org\ntype: MX\nserver: 192.0.2.53\nanswers: { contains: { matches: mail } }\n",
        asksFromElsewhere: true,
        examine: { item in
            Examination.name("dns", in: item) + Examination.matchers(["addresses", "answers"], in: item)
                + Examination.pointless(["addresses", "answers"], in: item, since: "resolves", is: false) + misfits(item)
        })

    private static let id: UInt16 = 0x534d

    private let name: String
    private let resolves: Bool
    private let kind: DNSMessage.Kind?
    private let addresses: Matcher?
    private let answers: Matcher?
    let probe: Probe
    let display: Command

    init(_ item: CheckItem) throws {
        name = try item.subjectText()
        resolves = item.options["resolves"]?.bool ?? true
        kind = item.options["type"]?.text.flatMap(DNSMessage.Kind.init(name:))
        addresses = try item.listMatcher("addresses")
        answers = try item.listMatcher("answers")
        let server = item.options["server"]?.text
        let asked = kind == .ptr ? DNSMessage.reverse(name) ?? name : name
        guard let message = DNSMessage.question(asked, kind ?? .a, id: Self.id) else {
            throw UsageError([Diagnostic(at: item.subject.location, "'\(name)' is no name of the DNS", hint: "write a name or, for PTR, an address")])
        }
        let endpoint = try server.map { text in
            guard let endpoint = HostPort(text, standard: 53) else {
                throw UsageError([Diagnostic(at: item.options["server"]?.location, "'\(text)' is no server", hint: "write an address, with or without :PORT")])
            }
            return endpoint
        }
        let seconds = max(1, Int(nearest: (item.timeout ?? .seconds(5)).inSeconds.rounded(.up)))
        let question = Self.question(message, to: endpoint, seconds: seconds)
        let script = endpoint == nil && (kind == nil || kind == .a || kind == .aaaa) ? Self.system(name, kind, then: resolves ? "" : question) : question
        probe = .builtIn(script, user: item.user, timeout: .seconds(6 * seconds + 5))
        display = Command(
            server == nil && kind == nil
                ? ["getent", "ahosts", name] : ["dig"] + (endpoint.map { ["@\($0.host)", "-p", "\($0.port)"] } ?? []) + [asked, (kind ?? .a).name], user: item.user)
    }

    @Sendable private static func misfits(_ item: Document) -> [Diagnostic] {
        let type = item["type"]?.text
        if let addresses = item.members.first(where: { $0.key == "addresses" }), let type, type != "A", type != "AAAA" {
            return [Diagnostic(at: addresses.keyLocation, "records of type \(type) are no addresses", hint: "write answers: instead")]
        }
        guard let server = item["server"], let text = server.text, !text.contains("${"), HostPort(text, standard: 53) == nil else { return [] }
        return [Diagnostic(at: server.location, "'\(text)' is no server", hint: "write an address, with or without :PORT")]
    }

    /// getent says no also where the name server does not answer: that a name does not exist, only the server can say.
    private static func system(_ name: String, _ kind: DNSMessage.Kind?, then question: String) -> String {
        let database = kind == .a ? "ahostsv4" : kind == .aaaa ? "ahostsv6" : "ahosts"
        return """
            command -v getent >/dev/null || fail "there is no getent to resolve with"
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
            [ -n "$server" ] || while read -r word value rest; do [ "$word" != nameserver ] || { server=$value; break; }; done </etc/resolv.conf
            [ -n "$server" ] || fail "there is no nameserver in /etc/resolv.conf to ask"
            for try in 1 2; do
              answer=$(converse udp "$server" "$port" '\(SocketScript.escaped(message))' \(seconds))
              [ -z "$answer" ] || break
            done
            # The third byte holds the flag that the answer was too long for a datagram.
            third=$(echo "$answer" | cut -c 5-6)
            [ -z "$third" ] || [ $((0x$third & 2)) = 0 ] || answer=$(converse tcp "$server" "$port" '\(SocketScript.escaped(length + message))' \(seconds))
            echo "server=$server"
            echo "message=$answer"
            exit 0
            """
    }

    func judge(_ answer: ProbeAnswer) throws(Unanswered) -> Judgement {
        let text = try answer.builtInText()
        let facts = KeyedLines(text)
        let listed = text.split(separator: "\n").filter { $0.hasPrefix("address=") }.map { String($0.dropFirst(8)) }
        if !listed.isEmpty { return judge(Set(listed).sorted()) }
        guard let hexadecimal = facts["message"] else { return judge([], because: "the system's resolver finds no address") }
        let server = facts["server"] ?? ""
        guard let message = SocketScript.bytes(hexadecimal).flatMap({ DNSMessage($0, id: Self.id) }) else {
            return try unanswered("\(server) does not answer")
        }
        guard message.code == 0 || message.code == 3 else { return try unanswered("\(server) answers \(message.codeName)") }
        let records = message.records.filter { $0.kind == kind ?? .a }.map(\.text).sorted()
        return judge(records, because: message.code == 3 ? "NXDOMAIN" : "no record of type \((kind ?? .a).name)")
    }

    /// A server that says nothing shows that a name cannot be resolved, and not that it does not exist.
    private func unanswered(_ why: String) throws(Unanswered) -> Judgement {
        guard resolves else { throw Unanswered("\(why), so that nothing is known of \(name)", next: "see whether the name server works") }
        return judge([], because: why)
    }

    private func judge(_ found: [String], because why: String = "") -> Judgement {
        var judgement = Judgement()
        judgement.expect("resolves", resolves, observed: !found.isEmpty, as: found.isEmpty ? why : found.joined(separator: ", "))
        guard resolves, !found.isEmpty else { return judgement }
        judgement.expect("addresses", addresses, .list(found.map { .string($0) }))
        judgement.expect("answers", answers, .list(found.map { .string($0) }))
        return judgement
    }
}
