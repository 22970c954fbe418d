import MatrixCore

/// `command`: a command on the host, by its exit status and output.
struct CommandCheck: KeyedCheck, ProbedCheck {
    /// How many bytes of each output are kept.
    static let limit = 1 << 18

    static let declaration = declared(
        "command", "Runs a command with sh on the host",
        example: "command: systemctl is-system-running\nstdout: { one_of: [running, degraded] }\nexit: { le: 1 }\n", remembers: true)

    @Key() private var text: String
    @Key("The exit status. Default: `0`") private var exit = Matcher.number(0)
    @Key("Standard output, without its final newline", reader: output) private var stdout: Matcher?
    @Key("Standard error, without its final newline", reader: output) private var stderr: Matcher?
    var item = CheckItem.none

    /// What an output must be, without its final newline.
    static func output(_ document: Document) throws -> Matcher { try Matcher(document).mappingTexts(withoutFinalNewline) }

    var probe: Probe {
        Probe(Self.exports(item.environment) + text, user: item.user, timeout: item.probeTimeout, limit: Self.limit)
    }

    var display: Command { Command(["sh", "-c", text], user: item.user) }

    /// Lines of a script that set the environment.
    static func exports(_ environment: [String: String]) -> String {
        environment.sorted { $0.key < $1.key }.map { "export \($0.key)=\(ShellQuoting.quote($0.value))\n" }.joined()
    }

    func judge(_ answer: ProbeAnswer) throws(Unanswered) -> Judgement {
        var judgement = Judgement(order: item.order)
        judgement.context = Self.context(of: answer)
        guard let status = answer.exitStatus else {
            judgement.note(
                "end", expected: "an end within \(item.probeTimeout.brief)", observed: "still running after \(item.probeTimeout.brief)",
                holds: false)
            return judgement
        }
        judgement.expect("exit", exit, .int(Int(status)))
        judgement.expect("stdout", stdout, Self.shown(answer.text, isCut: answer.outputIsCut, of: Self.limit))
        if let memory = item.memory { try judge(answer, by: memory, &judgement) }
        judgement.expect("stderr", stderr, Self.shown(answer.errorText, isCut: answer.errorIsCut, of: Self.limit))
        return judgement
    }

    private func judge(_ answer: ProbeAnswer, by memory: MemoryItem, _ judgement: inout Judgement) throws(Unanswered) {
        guard !answer.outputIsCut else {
            throw Unanswered(
                "standard output is longer than \(ByteSize.brief(Self.limit))", next: "let the command print a digest: … | sha256sum")
        }
        let text = Self.withoutFinalNewline(answer.text)
        judgement.remembered = text
        guard let recalled = memory.recalled else { return }
        judgement.note(
            "stdout", expected: "\(Observed.display(.printed(recalled))), as was remembered as \(memory.name)",
            observed: Observed.display(.printed(text)), holds: text == recalled)
    }

    /// An output as matchers see it.
    static func shown(_ text: String, isCut: Bool, of limit: Int) -> HostValue {
        isCut ? .beginning(text, limit) : .printed(withoutFinalNewline(text))
    }

    static func context(of answer: ProbeAnswer) -> String {
        let texts = [("stdout", answer.output, answer.outputIsCut), ("stderr", answer.error, answer.errorIsCut)].map { name, bytes, isCut in
            let cut = isCut ? " (only its first \(ByteSize.brief(limit)) were kept)" : ""
            let text = withoutFinalNewline(PlainText.clean(bytes))
            return text.isEmpty ? "" : "\(name)\(cut):\n\(Observed.excerpt(text))"
        }
        return texts.filter { !$0.isEmpty }.joined(separator: "\n")
    }

    /// A text without its last newline.
    static func withoutFinalNewline(_ text: String) -> String {
        text.utf8.last == UInt8(ascii: "\n") ? String(text.unicodeScalars.dropLast()) : text
    }
}
