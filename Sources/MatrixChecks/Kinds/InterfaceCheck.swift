import MatrixCore

/// `interface`: a network interface.
struct InterfaceCheck: KeyedCheck, ProbedCheck {
    static let declaration = declared(
        "interface", "Checks a network interface",
        example: "interface: eth0\nup: true\nmtu: 1500\naddresses: { contains: { matches: '^192\\.168\\.' } }\n")

    @Key() private var name: String
    @Key("Whether the interface exists. Default: `true`", .presence) private var exists = true
    @Key("Whether it is switched on and has a link", .assertion) private var up: Bool?
    @Key("Its MTU in bytes") private var mtu: Matcher?
    @Key("Its addresses, with or without a prefix length such as /24; bare values must be among them", reader: Matcher.among) private
        var addresses: Matcher?
    var item = CheckItem.none

    var probe: Probe {
        item.probe(
            """
            [ -d /sys/class/net ] || fail "the host has no /sys/class/net"
            name=\(ShellQuoting.quote(name))
            folder="/sys/class/net/$name"
            [ -e "$folder/mtu" ] || exit 0
            echo "mtu=$(cat "$folder/mtu")"; echo "state=$(cat "$folder/operstate")"; echo "flags=$(cat "$folder/flags")"
            \(addresses == nil ? "exit 0" : "")
            command -v ip >/dev/null || fail "the host has no ip command to list addresses"
            lines=$(ip -o addr show dev "$name") || fail "ip does not list the addresses of $name"
            echo "$lines" | while read -r number device family address rest; do [ -z "$address" ] || echo "address=$address"; done
            exit 0
            """)
    }

    var evidence: [EvidenceQuestion] { [.route] }
    var display: Command { Command(["ip", "addr", "show", "dev", name], user: item.user) }

    func judge(_ answer: ProbeAnswer) throws(Unanswered) -> Judgement {
        let text = try answer.builtInText()
        let facts = KeyedLines(text)
        var judgement = Judgement()
        judgement.expect("exists", exists, observed: facts["mtu"] != nil)
        guard exists, let size = facts["mtu"] else { return judgement }
        if let up { judgement.expect("up", up, observed: Self.isUp(facts), as: facts["state"]) }
        judgement.expect("mtu", mtu, Int(size).map { .int($0) } ?? .printed(size))
        let found = text.parts(at: "\n").compactMap { $0.rest(after: "address=").map(String.init) }
        // Without a prefix length in the file, prefix lengths are not compared.
        let shown = addresses?.mentions("/") ?? false ? found : found.map { String($0.prefix { $0 != "/" }) }
        judgement.expect("addresses", addresses, .list(shown.map { .printed($0) }))
        return judgement
    }

    /// The first bit of the flags is IFF_UP; lo and tunnels have the state `unknown`.
    private static func isUp(_ facts: KeyedLines) -> Bool {
        let flags = facts["flags"].flatMap { Int($0.dropFirst(2), radix: 16) } ?? 0
        return flags & 1 == 1 && !["down", "lowerlayerdown", "notpresent"].contains(facts["state"] ?? "")
    }
}
