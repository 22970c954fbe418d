import MatrixCore

/// `journal`: what units have logged since the deploy began.
struct JournalCheck: KeyedCheck, ProbedCheck {
    static let declaration = declared(
        "journal", "Counts messages of units in systemd's journal since the deploy began; `all` means all its messages",
        example: "journal: [telegraf, influxdb]\npriority: warning\nignore: [\"^retrying\"]\n")

    private static let priorities = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"]
    /// The most messages that are read.
    private static let most = 2000

    @Key([], .oneOrMore(.text), "", .subject, examine: { $0.oneOrMore.flatMap(UnitName.problems) + unitProblems($0) }, reader: units)
    private var units: [String]
    @Key("Messages of this priority and worse count. Default: `err`", .choice(priorities)) private var priority = "err"
    @Key(0, .integer(0...Int.max), "The most messages that are allowed. Default: `0`", reader: \.int) private var max: Int
    @Key(
        [], .oneOrMore(.text), "Regular expressions of messages that do not count", examine: { $0.oneOrMore.flatMap(problem) },
        reader: patterns)
    private var ignore: [Pattern]
    @Key(nil, .duration, "How far back to look. Default: the deploy's start (without a deploy: the boot)", reader: \.duration)
    private var since: Duration?
    @Key(
        "What happens if entries of the window may be missing, as the journal was rotated, its oldest part was removed or the host was "
            + "started again: `error`, or `allow`. Default: `error`", .choice(["error", "allow"]))
    private var gap = "error"
    var item = CheckItem.none

    var evidence: [EvidenceQuestion] {
        units.contains("all") ? [] : units.prefix(5).map { .journal(of: $0, since: item.deployStarted) }
    }
    var display: Command {
        let start = item.deployStarted.map { ["--since", "\($0.description.prefix(19).replacing("T", with: " ")) UTC"] } ?? ["--boot"]
        let since = since.map { ["--since", "-\(Int(nearest: $0.inSeconds))s"] } ?? start
        return Command(["journalctl"] + since + ["-p", priority] + Self.selection(units), user: item.user)
    }

    private static func selection(_ units: [String]) -> [String] { units.contains("all") ? [] : units.flatMap { ["-u", $0] } }

    @Sendable private static func unitProblems(_ document: Document) -> [Diagnostic] {
        guard document.texts.isEmpty || document.texts.contains("") else { return [] }
        return [Diagnostic(at: document.location, "journal names no unit", hint: "write [UNIT, …], or all for everything")]
    }

    @Sendable private static func units(_ document: Document) throws(UsageError) -> [String] {
        let problems = unitProblems(document) + document.oneOrMore.flatMap(UnitName.problems)
        guard problems.isEmpty else { throw UsageError(problems) }
        return document.texts
    }

    @Sendable private static func patterns(_ document: Document) throws -> [Pattern] {
        try document.oneOrMore.map { element in
            do { return try Pattern(element.text ?? "") } catch { throw UsageError(problem(element)) }
        }
    }

    private static func problem(_ document: Document) -> [Diagnostic] {
        guard let text = document.text, !text.contains("${") else { return [] }
        if text.isEmpty {
            return [
                Diagnostic(
                    at: document.location, "an empty expression ignores everything", hint: "write an expression for the messages to ignore")
            ]
        }
        guard let (message, hint) = Pattern.problem(text) else { return [] }
        return [Diagnostic(at: document.location, message, hint: hint)]
    }

    /// How long ago the window begins; nil if it is the boot.
    private var age: Double? { since?.inSeconds ?? item.deployStarted.map { Swift.max(0, Timestamp.now.seconds(since: $0)) } }

    /// The host's clock may differ from this machine's. So the host gets an age, not a time.
    var probe: Probe {
        let start = age == nil ? "--boot" : "--since=@$begin"
        let begin = age.map { "begin=$(($(date +%s) - \(Int(nearest: $0.rounded(.up))))); echo \"begin=$begin\"" } ?? ""
        let script = """
            command -v journalctl >/dev/null || fail "the host has no journalctl"
            \(begin)
            \(JournalCoverage.script)
            for unit in \(units.contains("all") ? "" : ShellQuoting.join(units)); do
              case $unit in
                *[*?[]*) [ -n "$(systemctl list-units --all --plain --no-legend --no-pager -- "$unit" 2>/dev/null; \
                  systemctl list-unit-files --plain --no-legend --no-pager -- "$unit" 2>/dev/null)" ] || echo "unknown=$unit" ;;
                *) case $(systemctl show -p LoadState -- "$unit" 2>/dev/null) in
                  LoadState=not-found) echo "unknown=$unit" ;;
                  LoadState=*) ;;
                  *) fail "systemd does not say whether there is a unit $unit" ;;
                esac ;;
              esac
            done
            journalctl --quiet --no-pager "\(start)" -o cat -n 200 MESSAGE_ID=\(JournalCoverage.suppressed) 2>/dev/null \
              | while IFS= read -r line; do printf 'suppressed=%s\\n' "$line"; done
            journalctl --quiet --no-pager "\(start)" -p \(priority) -n \(Self.most) -o json \
            --output-fields=MESSAGE,PRIORITY,_SYSTEMD_UNIT,UNIT,SYSLOG_IDENTIFIER \
              \(ShellQuoting.join(Self.selection(units))) || exit \(Probe.unanswerable)
            """
        return .builtIn(script, user: item.user, timeout: item.probeTimeout, limit: 4 << 20)
    }

    func judge(_ answer: ProbeAnswer) throws(Unanswered) -> Judgement {
        let lines = try answer.builtInText(allowsCut: true).parts(at: "\n")
        let facts = lines.filter { !$0.begins(with: "{") }
        let unknown = facts.filter { $0.hasPrefix("unknown=") }.map { String($0.dropFirst(8)) }
        guard unknown.isEmpty else {
            return .failed("unit", expected: "a unit named \(unknown[0])", observed: "systemd knows no such unit")
        }
        let messages = try messages(lines.filter { $0.begins(with: "{") }, isCut: answer.outputIsCut)
        let counted = messages.filter { message in !ignore.contains { $0.isFound(in: message.text) } }
        if counted.count <= max {
            if answer.isCut || messages.count >= Self.most {
                throw Unanswered(
                    "there are more than the \(messages.count) messages that are read",
                    next: "name fewer units, a worse priority, or a shorter since:")
            }
            if gap == "error" { try JournalCoverage(facts).verify(units: units, sinceDeploy: since == nil) }
        }
        var judgement = Judgement()
        let first = counted.first.map { ": \(Observed.cut($0.line, to: Observed.briefLimit))" } ?? ""
        judgement.note(
            "messages", expected: "at most \(max) of priority \(priority) or worse", observed: "\(counted.count)\(first)",
            holds: counted.count <= max)
        judgement.context = Observed.excerpt(counted.prefix(50).map(\.line).joined(separator: "\n"))
        return judgement
    }

    private func messages(_ lines: [Substring], isCut: Bool) throws(Unanswered) -> [JournalMessage] {
        var messages: [JournalMessage] = []
        for (index, line) in lines.enumerated() {
            if let value = Value(json: String(line)) {
                messages.append(JournalMessage(value))
            } else if !isCut || index + 1 < lines.count {
                throw Unanswered("an entry of the journal cannot be read: \(Observed.cut(String(line), to: Observed.briefLimit))")
            }
        }
        return messages
    }
}

/// One entry of the journal.
private struct JournalMessage {
    let text: String
    private let origin: String

    /// A message that is not UTF-8 comes as a list of bytes.
    init(_ value: Value) {
        if case .list(let bytes) = value["MESSAGE"] {
            text = PlainText.clean(bytes.compactMap { $0.wholeNumber.map { UInt8(clamping: $0) } })
        } else {
            text = PlainText.clean(value["MESSAGE"]?.string ?? "")
        }
        origin = value["_SYSTEMD_UNIT"]?.string ?? value["UNIT"]?.string ?? value["SYSLOG_IDENTIFIER"]?.string ?? "unknown"
    }

    var line: String { "\(origin): \(text)" }
}
