import MatrixCore

/// `addr`: whether a connection to an address can be opened.
struct AddrCheck: ProbedCheck {
    static let declaration = Declaration(
        kind: "addr", subject: .text, keys: Options.declared().shapes,
        summary: "Opens a connection, from the host, or from the place in from:",
        example: "addr: db.example.org:5432\nreachable: true\ntimeout: 3s\n",
        asksFromElsewhere: true,
        examine: { subject($0) + udp($0) })

    private struct Options: KeySet {
        @Key("Whether it answers. Default: `true`") var reachable = true
        @Key("The protocol. Default: `tcp`", .choice(["tcp", "udp"])) var `protocol` = "tcp"
        @Key("What is sent over udp, with the backslash escapes of printf; an address that answers is reachable") var send: String?
    }

    private let reachable: Bool
    private let limit: Int
    let probe: Probe
    let display: Command
    var evidence: [EvidenceQuestion] { [.route, .resolver, .firewall] }

    init(_ item: CheckItem) throws {
        guard let target = HostPort(try item.subjectText()) else {
            throw UsageError([
                Diagnostic(at: item.subject.location, "'\(item.subject.text ?? "")' is not an address with a port", hint: Self.hint)
            ])
        }
        let options = try Options(reading: item.options)
        reachable = options.reachable
        let isUDP = options.protocol == "udp"
        limit = item.wholeSeconds
        let script =
            isUDP
            ? Self.datagram(target, options.send ?? "", limit) : SocketScript.connect(to: target.host, port: target.port, seconds: limit)
        probe = .builtIn(script, user: item.user, timeout: .seconds(2 * limit + 5))
        display = Command(["nc", "-vz"] + (isUDP ? ["-u"] : []) + ["-w", "\(limit)", target.host, "\(target.port)"], user: item.user)
    }

    private static let hint = "write HOST:PORT; put an IPv6 address in brackets"

    private static func datagram(_ target: HostPort, _ text: String, _ limit: Int) -> String {
        SocketScript.converse + """
            answer=$(converse udp \(ShellQuoting.quote(target.host)) \(target.port) \(ShellQuoting.quote(text)) \(limit))
            [ -n "$answer" ]; echo "status=$?"; echo "why=no answer to what was sent"
            exit 0
            """
    }

    @Sendable private static func subject(_ item: Document) -> [Diagnostic] {
        guard let document = item["addr"], let text = document.text, !text.isEmpty else { return Examination.name("addr", in: item) }
        if HostPort(text) != nil || text.contains("${") { return [] }
        return [Diagnostic(at: document.location, "'\(text)' is not an address with a port", hint: hint)]
    }

    /// A lost datagram is never reported: only an answer shows that a udp address is reachable.
    @Sendable private static func udp(_ item: Document) -> [Diagnostic] {
        let isUDP = item["protocol"]?.text == "udp"
        if isUDP, item["send"]?.text?.isEmpty ?? true {
            let message = "udp has no connections: only an answer shows that the port is reachable"
            return [Diagnostic(at: item["protocol"]?.location, message, hint: "write send: with a message that the service answers")]
        }
        guard !isUDP, let send = item.members.first(where: { $0.key == "send" }) else { return [] }
        return [
            Diagnostic(
                at: send.keyLocation, "send works with udp only",
                hint: "add protocol: udp, or remove send; for a conversation over tcp use command:")
        ]
    }

    /// Whether the name itself could not be resolved (getaddrinfo(3)).
    private static func namesNobody(_ why: String) -> Bool {
        [
            "Name or service not known", "Temporary failure in name resolution", "No address associated with hostname",
            "Name does not resolve",
        ]
        .contains { why.contains($0) }
    }

    func judge(_ answer: ProbeAnswer) throws(Unanswered) -> Judgement {
        let facts = KeyedLines(try answer.builtInText())
        guard let status = facts["status"] else { throw Unanswered("the host does not say whether it could connect") }
        let isOpen = status == "0"
        let why = facts["status"] == "124" ? "no answer within \(limit) s" : facts["why"] ?? "no connection"
        if !reachable, !isOpen, Self.namesNobody(why) {
            throw Unanswered("\(why), so it is not known whether anybody would answer", next: "correct the name, or check it with dns:")
        }
        var judgement = Judgement()
        judgement.expect("reachable", reachable, observed: isOpen, as: isOpen ? nil : why)
        return judgement
    }
}
