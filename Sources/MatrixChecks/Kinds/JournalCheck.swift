import MatrixCore

/// `journal`: what units have logged since the deploy began.
struct JournalCheck: ProbedCheck {
    static let declaration = Declaration(
        kind: "journal", subject: .oneOrMore(.text),
        keys: [
            KeyShape("priority", .choice(priorities), "This priority and worse ones count; err where it is not said"),
            KeyShape("max", .integer(0...Int.max), "The most messages that are allowed; 0 where it is not said"),
            KeyShape("ignore", .oneOrMore(.text), "Regular expressions of messages that do not count"),
            KeyShape("since", .duration, "How far back to look, instead of to the deploy's beginning (without a deploy: the boot)"),
        ],
        summary: "Counts messages of units in systemd's journal since the deploy began; `all` is everything in it",
        example: "journal: [telegraf, influxdb]\npriority: warning\nignore: [\"^retrying\"]\n",
        examine: { units($0) + patterns($0) })

    private static let priorities = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"]
    /// More messages are not read.
    private static let most = 2000

    private let units: [String]
    private let priority: String
    private let maximum: Int
    private let ignored: [Pattern]
    private let since: Duration?
    private let deployStarted: Timestamp?
    private let user: String
    private let timeout: Duration
    let display: Command

    init(_ item: CheckItem) throws {
        units = item.subject.texts
        guard !units.isEmpty else { throw UsageError(Self.units(item.options)) }
        priority = item.options["priority"]?.text ?? "err"
        maximum = item.options["max"]?.int ?? 0
        ignored = try (item.options["ignore"]?.oneOrMore ?? []).map { document in
            do { return try Pattern(document.text ?? "") } catch { throw UsageError(Self.problem(document)) }
        }
        since = item.options["since"]?.duration
        deployStarted = item.deployStarted
        user = item.user
        timeout = item.probeTimeout
        let start = item.deployStarted.map { ["--since", "\($0.description.prefix(19).replacing("T", with: " ")) UTC"] } ?? ["--boot"]
        display = Command(["journalctl"] + (since.map { ["--since", "-\(Int(nearest: $0.inSeconds))s"] } ?? start) + ["-p", priority] + Self.selection(units), user: item.user)
    }

    private static func selection(_ units: [String]) -> [String] { units.contains("all") ? [] : units.flatMap { ["-u", $0] } }

    @Sendable private static func units(_ item: Document) -> [Diagnostic] {
        guard let subject = item["journal"], !subject.texts.isEmpty, !subject.texts.contains("") else {
            return [Diagnostic(at: item["journal"]?.location ?? item.location, "journal names no unit", hint: "write [UNIT, …], or all for everything")]
        }
        return []
    }

    @Sendable private static func patterns(_ item: Document) -> [Diagnostic] {
        (item["ignore"]?.oneOrMore ?? []).flatMap { problem($0) }
    }

    private static func problem(_ document: Document) -> [Diagnostic] {
        guard let text = document.text, !text.contains("${") else { return [] }
        if text.isEmpty { return [Diagnostic(at: document.location, "an empty expression ignores everything", hint: "write what is to be ignored")] }
        guard let (message, hint) = Pattern.problem(text) else { return [] }
        return [Diagnostic(at: document.location, message, hint: hint)]
    }

    /// The host's clock may differ from this machine's: it is told how long ago, not when.
    var probe: Probe {
        let age = since?.inSeconds ?? deployStarted.map { max(0, Timestamp.now.seconds(since: $0)) }
        let start = age.map { "--since=@$(($(date +%s) - \(Int(nearest: $0.rounded(.up)))))" } ?? "--boot"
        let script = """
            command -v journalctl >/dev/null || fail "the host has no journalctl"
            [ -n "$(journalctl --quiet --no-pager -n 1 -o export 2>/dev/null | head -c 1)" ] || fail "the journal is empty: nothing is recorded, or \(user) may not read it"
            for unit in \(units.contains("all") ? "" : ShellQuoting.join(units)); do
              case $unit in *[*?[]*) continue ;; esac
              [ "$(systemctl show -p LoadState -- "$unit" 2>/dev/null)" != LoadState=not-found ] || echo "unknown=$unit"
            done
            journalctl --quiet --no-pager "\(start)" -p \(priority) -n \(Self.most) -o json --output-fields=MESSAGE,PRIORITY,_SYSTEMD_UNIT,UNIT,SYSLOG_IDENTIFIER \
              \(ShellQuoting.join(Self.selection(units))) || exit \(Probe.unanswerable)
            """
        return .builtIn(script, user: user, timeout: timeout, limit: 4 << 20)
    }

    func judge(_ answer: ProbeAnswer) throws(Unanswered) -> Judgement {
        let lines = try answer.builtInText().split(separator: "\n")
        let unknown = lines.filter { $0.hasPrefix("unknown=") }.map { String($0.dropFirst(8)) }
        guard unknown.isEmpty else {
            return .failed("unit", expected: "a unit named \(unknown[0])", observed: "systemd knows no such unit")
        }
        let messages = lines.compactMap { Value(json: String($0)).map(JournalMessage.init) }
        let counted = messages.filter { message in !ignored.contains { $0.isFound(in: message.text) } }
        if counted.count <= maximum, answer.isCut || messages.count >= Self.most {
            throw Unanswered("there are more messages than are read (\(messages.count))", next: "name fewer units, a worse priority, or a shorter since:")
        }
        var judgement = Judgement()
        let first = counted.first.map { ": \(Observed.cut($0.line, to: Observed.briefLimit))" } ?? ""
        judgement.note(
            "messages", expected: "at most \(maximum) of priority \(priority) or worse", observed: "\(counted.count)\(first)", holds: counted.count <= maximum)
        judgement.context = PlainText.clipped(counted.prefix(50).map(\.line).joined(separator: "\n"), to: Observed.longLimit)
        return judgement
    }
}

/// One entry of the journal.
private struct JournalMessage {
    let text: String
    private let origin: String

    /// A message that is no UTF-8 comes as a list of bytes.
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
