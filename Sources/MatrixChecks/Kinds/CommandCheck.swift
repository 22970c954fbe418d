import MatrixCore

/// `command`: a command on the host, by its exit status and output.
struct CommandCheck: ProbedCheck {
    /// How many bytes of each output are kept.
    static let limit = 1 << 18

    static let declaration = Declaration(
        kind: "command", subject: .text,
        keys: [
            KeyShape("exit", .matcher, "The exit status; 0 where it is not said"),
            KeyShape("stdout", .matcher, "Standard output, without its final newline"),
            KeyShape("stderr", .matcher, "Standard error, without its final newline"),
        ],
        summary: "Runs a command by sh on the host",
        example: "command: systemctl is-system-running\nstdout: { one_of: [running, degraded] }\nexit: { le: 1 }\n",
        examine: { Examination.name("command", in: $0) + Examination.matchers(["exit", "stdout", "stderr"], in: $0) })

    private let exit: Matcher
    private let output: Matcher?
    private let error: Matcher?
    private let timeout: Duration
    private let order: VersionOrder
    let probe: Probe
    let display: Command

    init(_ item: CheckItem) throws {
        let text = try item.subjectText()
        exit = try item.matcher("exit") ?? .equals(Literal(text: "0", value: .int(0)))
        output = try item.matcher("stdout")?.mappingTexts(Self.withoutFinalNewline)
        error = try item.matcher("stderr")?.mappingTexts(Self.withoutFinalNewline)
        timeout = item.probeTimeout
        order = item.order
        let exports = item.environment.sorted { $0.key < $1.key }.map { "export \($0.key)=\(ShellQuoting.quote($0.value))\n" }.joined()
        probe = Probe(exports + text, user: item.user, timeout: timeout, limit: Self.limit)
        display = Command(["sh", "-c", text], user: item.user)
    }

    func judge(_ answer: ProbeAnswer) throws(Unanswered) -> Judgement {
        var judgement = Judgement(order: order)
        judgement.context = Self.context(of: answer)
        guard let status = answer.exitStatus else {
            judgement.note("end", expected: "an end within \(timeout.brief)", observed: "still running after \(timeout.brief)", holds: false)
            return judgement
        }
        judgement.expect("exit", exit, .int(Int(status)))
        judgement.expect("stdout", output, .string(Self.withoutFinalNewline(answer.text)))
        judgement.expect("stderr", error, .string(Self.withoutFinalNewline(answer.errorText)))
        return judgement
    }

    static func context(of answer: ProbeAnswer) -> String {
        let cut = answer.isCut ? " (only its first \(ByteSize.brief(limit)) were kept)" : ""
        let texts = [("stdout", answer.output), ("stderr", answer.error)].map { name, bytes in
            let text = withoutFinalNewline(PlainText.clean(bytes))
            return text.isEmpty ? "" : "\(name)\(cut):\n\(PlainText.clipped(text, to: Observed.longLimit))"
        }
        return texts.filter { !$0.isEmpty }.joined(separator: "\n")
    }

    /// A text less its last newline.
    static func withoutFinalNewline(_ text: String) -> String {
        text.hasSuffix("\n") ? String(text.dropLast()) : text
    }
}
