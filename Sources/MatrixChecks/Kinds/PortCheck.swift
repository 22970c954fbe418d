import MatrixCore

/// `port`: a socket of the host that listens.
struct PortCheck: KeyedCheck, ProbedCheck {
    static let declaration = declared(
        "port", "Looks for a listening socket on the host; with from: whether it accepts connections from there",
        example: "port: 9100\nprotocol: tcp\naddress: { one_of: [\"0.0.0.0\", \"::\"] }\nprocess: { contains: node_exporter }\n",
        asksFromElsewhere: true)

    @Key(0, .integer(1...65535), use: .subject, parse: number) private var port: Int
    @Key("Whether something listens. Default: `true`", .presence) private var listening = true
    @Key("The protocol. Default: `tcp`", .choice(["tcp", "udp"])) private var `protocol` = "tcp"
    @Key("The local address that it listens on, such as 127.0.0.1, 0.0.0.0 or ::") private var address: Matcher?
    @Key("The name of the process that listens") private var process: Matcher?
    var item = CheckItem.none

    @Sendable private static func number(_ document: Document) throws(UsageError) -> Int {
        guard let port = document.int, (1...65535).contains(port) else {
            throw UsageError([Diagnostic(at: document.location, "this is not a port", hint: "write a number from 1 to 65535")])
        }
        return port
    }

    /// The address to connect to from elsewhere; nil if the host itself is asked.
    private var outside: HostPort? { item.origin == .host ? nil : HostPort("[\(item.address)]:\(port)") }

    var probe: Probe {
        if item.origin == .host { return item.probe(SocketTable.script(port: port, protocol: `protocol`), limit: 1 << 20) }
        let seconds = item.wholeSeconds
        return .builtIn(
            SocketScript.connect(to: item.address, port: port, seconds: seconds), user: item.user, timeout: .seconds(seconds + 5))
    }

    var evidence: [EvidenceQuestion] { [.listening(`protocol`)] + (item.origin == .host ? [] : [.firewall, .route]) }
    var display: Command {
        let words = ["ss", "-lnp", `protocol` == "udp" ? "-u" : "-t", "sport", "=", ":\(port)"]
        return Command(item.origin == .host ? words : ["nc", "-vz", item.address, "\(port)"], user: item.user)
    }

    /// From elsewhere, the check can only see whether a port accepts connections.
    static func misfits(_ item: Document) -> [Diagnostic] {
        guard let from = item["from"], from.text != "host" else { return [] }
        if item["protocol"]?.text == "udp" {
            return [
                Diagnostic(at: from.location, "a udp port cannot be seen from elsewhere", hint: "remove from:, or ask by addr: with send:")
            ]
        }
        return item.members.filter { ["address", "process"].contains($0.key) }.map { member in
            Diagnostic(at: member.keyLocation, "\(member.key) cannot be seen from elsewhere", hint: "remove \(member.key), or from:")
        }
    }

    func judge(_ answer: ProbeAnswer) throws(Unanswered) -> Judgement {
        let text = try answer.builtInText()
        if let outside { return try judge(KeyedLines(text), at: outside) }
        let table = SocketTable(text)
        let found = table.sockets.filter { $0.port == port }
        var judgement = Judgement()
        let others = Set(table.sockets.map(\.port)).sorted().map(String.init).joined(separator: ", ")
        let elsewhere = others.isEmpty ? "nothing listens on \(`protocol`)" : "listening on \(`protocol`): \(others)"
        let here = found.map(\.address).joined(separator: ", ")
        judgement.expect("listening", listening, observed: !found.isEmpty, as: found.isEmpty ? elsewhere : here)
        guard !found.isEmpty, listening else { return judgement }
        // One socket must match everything.
        let fitting = found.first { fits($0.address, address) && names(of: $0, in: table).contains { fits($0, process) } }
        let socket = fitting ?? found.first { fits($0.address, address) } ?? found[0]
        judgement.expect("address", address, .printed(socket.address))
        guard process != nil else { return judgement }
        let holders = names(of: socket, in: table)
        guard !holders.isEmpty else {
            throw Unanswered(
                "the process that listens on port \(port) is not visible", next: "ask as root, on a host whose /proc shows all processes")
        }
        judgement.expect("process", process, .printed(holders.first { fits($0, process) } ?? holders[0]))
        return judgement
    }

    private func judge(_ facts: KeyedLines, at outside: HostPort) throws(Unanswered) -> Judgement {
        guard let status = facts["status"] else { throw Unanswered("the host does not say whether it could connect") }
        let isOpen = status == "0"
        let why = facts["status"] == "124" ? "no answer from \(outside.text)" : "\(outside.text): \(facts["why"] ?? "no connection")"
        var judgement = Judgement()
        judgement.expect("listening", listening, observed: isOpen, as: isOpen ? nil : why)
        return judgement
    }

    private func fits(_ text: String, _ matcher: Matcher?) -> Bool {
        matcher?.fits(text, order: .debian) ?? true
    }

    /// Without a process matcher, one empty name stands for all.
    private func names(of socket: SocketTable.Socket, in table: SocketTable) -> [String] {
        process == nil ? [""] : table.processes[socket.inode] ?? []
    }
}
