import MatrixCore

/// `port`: a socket of the host that listens.
struct PortCheck: ProbedCheck {
    static let declaration = Declaration(
        kind: "port", subject: .integer(1...65535),
        keys: [
            KeyShape("listening", .boolean, "Whether something listens; true where it is not said"),
            KeyShape("protocol", .choice(["tcp", "udp"]), "tcp where it is not said"),
            KeyShape("address", .matcher, "The local address that it listens on, such as 127.0.0.1, 0.0.0.0 or ::"),
            KeyShape("process", .matcher, "The name of the process that listens"),
        ],
        summary: "Asks for a listening socket on the host; with from: whether it takes connections from there",
        example: "port: 9100\nprotocol: tcp\naddress: { one_of: [\"0.0.0.0\", \"::\"] }\nprocess: { contains: node_exporter }\n",
        asksFromElsewhere: true,
        examine: { item in
            Examination.matchers(["address", "process"], in: item)
                + Examination.pointless(["address", "process"], in: item, since: "listening", is: false) + origin(item)
        })

    private let port: Int
    private let transportProtocol: String
    private let listening: Bool
    private let address: Matcher?
    private let process: Matcher?
    /// Where it is connected to from elsewhere; nil where the host itself is asked.
    private let outside: HostPort?
    let probe: Probe
    let display: Command

    init(_ item: CheckItem) throws {
        guard let port = item.subject.int, (1...65535).contains(port) else {
            throw UsageError([Diagnostic(at: item.subject.location, "this is no port", hint: "write a number from 1 to 65535")])
        }
        self.port = port
        transportProtocol = item.options["protocol"]?.text ?? "tcp"
        listening = item.options["listening"]?.bool ?? true
        address = try item.matcher("address")
        process = try item.matcher("process")
        if item.origin == .host {
            outside = nil
            probe = item.probe(SocketTable.script(port: port, protocol: transportProtocol), limit: 1 << 20)
            display = Command(["ss", "-lnp", transportProtocol == "udp" ? "-u" : "-t", "sport", "=", ":\(port)"], user: item.user)
        } else {
            outside = HostPort("[\(item.address)]:\(port)")
            let seconds = max(1, Int(nearest: (item.timeout ?? .seconds(5)).inSeconds.rounded(.up)))
            probe = .builtIn(
                SocketScript.connect(to: item.address, port: port, seconds: seconds), user: item.user, timeout: .seconds(seconds + 5))
            display = Command(["nc", "-vz", item.address, "\(port)"], user: item.user)
        }
    }

    /// From elsewhere a port shows no more than whether it takes connections.
    private static func origin(_ item: Document) -> [Diagnostic] {
        guard let from = item["from"], from.text != "host" else { return [] }
        if item["protocol"]?.text == "udp" {
            return [Diagnostic(at: from.location, "a udp port cannot be seen from elsewhere", hint: "remove from:, or ask by addr: with send:")]
        }
        return item.members.filter { ["address", "process"].contains($0.key) }.map { member in
            Diagnostic(at: member.keyLocation, "\(member.key) cannot be seen from elsewhere", hint: "remove \(member.key), or from:")
        }
    }

    func judge(_ answer: ProbeAnswer) throws(Unanswered) -> Judgement {
        let text = try answer.builtInText()
        if let outside { return judge(KeyedLines(text), at: outside) }
        let table = SocketTable(text)
        let found = table.sockets.filter { $0.port == port }
        var judgement = Judgement()
        let others = Set(table.sockets.map(\.port)).sorted().map(String.init).joined(separator: ", ")
        let elsewhere = others.isEmpty ? "nothing listens on \(transportProtocol)" : "listening on \(transportProtocol): \(others)"
        let here = found.map(\.address).joined(separator: ", ")
        judgement.expect("listening", listening, observed: !found.isEmpty, as: found.isEmpty ? elsewhere : here)
        guard !found.isEmpty, listening else { return judgement }
        // One socket must answer to everything at once.
        let fitting = found.first { fits($0.address, address) && names(of: $0, in: table).contains { fits($0, process) } }
        let socket = fitting ?? found.first { fits($0.address, address) } ?? found[0]
        judgement.expect("address", address, .string(socket.address))
        guard process != nil else { return judgement }
        let holders = names(of: socket, in: table)
        guard !holders.isEmpty else {
            throw Unanswered("the process that listens on port \(port) is not to be seen", next: "ask as root, on a host whose /proc shows all processes")
        }
        judgement.expect("process", process, .string(holders.first { fits($0, process) } ?? holders[0]))
        return judgement
    }

    private func judge(_ facts: KeyedLines, at outside: HostPort) -> Judgement {
        let isOpen = facts["status"] == "0"
        let why = facts["status"] == "124" ? "no answer from \(outside.text)" : "\(outside.text): \(facts["why"] ?? "no connection")"
        var judgement = Judgement()
        judgement.expect("listening", listening, observed: isOpen, as: isOpen ? nil : why)
        return judgement
    }

    private func fits(_ text: String, _ matcher: Matcher?) -> Bool {
        matcher?.fits(.string(text), order: .debian) ?? true
    }

    /// Without a process matcher one empty name stands for all.
    private func names(of socket: SocketTable.Socket, in table: SocketTable) -> [String] {
        process == nil ? [""] : table.processes[socket.inode] ?? []
    }
}
