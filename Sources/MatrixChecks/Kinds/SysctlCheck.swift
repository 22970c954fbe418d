import MatrixCore

/// `sysctl`: a parameter of the running kernel.
struct SysctlCheck: KeyedCheck, ProbedCheck {
    static let declaration = declared(
        "sysctl", "Checks a kernel parameter, read from /proc/sys", example: "sysctl: net.ipv4.ip_forward\nvalue: 1\n")

    @Key() private var key: String
    @Key("Its value; several values are joined with one space", required: true) private var value: Matcher?
    var item = CheckItem.none

    var probe: Probe {
        item.probe(
            """
            [ -d /proc/sys/kernel ] || fail "the host has no /proc/sys"
            path=/proc/sys/\(ShellQuoting.quote(Self.path(of: key)))
            [ -f "$path" ] || { echo absent; exit 0; }
            echo present; cat "$path" || exit \(Probe.unanswerable)
            """)
    }

    var evidence: [EvidenceQuestion] { [.sysctl(key)] }
    var display: Command { Command(["sysctl", key], user: item.user) }

    /// Reads keys as sysctl(8) does: the first separator counts, the other character stands for itself (`net/ipv4/conf/eth0.1/mtu`).
    private static func path(of key: String) -> String {
        guard key.first(where: { $0 == "." || $0 == "/" }) == "." else { return key }
        return String(key.map { $0 == "." ? "/" : $0 == "/" ? "." : $0 })
    }

    func judge(_ answer: ProbeAnswer) throws(Unanswered) -> Judgement {
        let lines = try answer.builtInText().parts(at: "\n", maxSplits: 1, omittingEmptySubsequences: false)
        guard lines.first == "present" else {
            return .failed("parameter", expected: "a parameter named \(key)", observed: "the kernel has none")
        }
        var judgement = Judgement()
        let text = lines.dropFirst().joined().words.joined(separator: " ")
        judgement.expect("value", value, .printed(text))
        return judgement
    }
}
