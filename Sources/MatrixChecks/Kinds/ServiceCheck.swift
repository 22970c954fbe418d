import MatrixCore

/// `service`: a systemd unit that runs and is enabled.
struct ServiceCheck: KeyedCheck, ProbedCheck {
    static let declaration = declared(
        "service", "Checks a systemd unit", example: "service: prometheus-node-exporter\nrestarts: { max: 2 }\n")

    /// A restart that is not older counts even if the deploy began later: a service in a loop of crashes runs between two of them.
    private static let recent = 60.0

    @Key(subject: UnitName.problemsOfOne) private var unit: String
    @Key("Whether the unit is active. Default: `true`") private var running: Bool?
    @Key("Whether the unit starts at boot (`systemctl is-enabled` exits 0 and does not say `indirect`). Default: `true`") private
        var enabled: Bool?
    @Key("Whether the unit is masked. With `true`, running and enabled have no default") private var masked: Bool?
    @Key(
        nil, .object(ObjectShape("restarts", [KeyShape("max", .integer(0...Int.max), "The most that are allowed", required: true)])),
        "How often systemd restarted the service by itself since it was started. Default: a service that must run was not restarted since "
            + "the deploy began", reader: { $0["max"]?.int })
    private var restarts: Int?
    var item = CheckItem.none

    init() {}

    init(_ item: CheckItem) throws {
        try self.init(reading: item)
        let problems = UnitName.problemsOfOne(item.subject)
        guard problems.isEmpty else { throw UsageError(problems) }
    }

    var probe: Probe { item.probe(Self.script(for: unit)) }
    var evidence: [EvidenceQuestion] { [.status(of: unit), .journal(of: unit, since: item.deployStarted)] }
    var display: Command { Command(["systemctl", "status", unit], user: item.user) }

    private static func script(for unit: String) -> String {
        """
        unit=\(ShellQuoting.quote(unit))
        command -v systemctl >/dev/null || fail "the host has no systemctl"
        [ -d /run/systemd/system ] || fail "systemd does not run on the host"
        systemctl show -p LoadState -p ActiveState -p SubState -p NRestarts -p Result -- "$unit" || exit \(Probe.unanswerable)
        enablement=$(systemctl is-enabled -- "$unit" 2>/dev/null)
        [ -n "$enablement" ] || case $(systemctl is-enabled -- "$unit" 2>&1) in
          '' | *"No such file"* | *"not found"* | *"does not exist"* | *"not-found"*) ;;
          *) fail "systemctl does not say whether $unit starts at boot: $(systemctl is-enabled -- "$unit" 2>&1)" ;;
        esac
        echo "Enablement=$enablement"
        started=$(TZ=UTC systemctl show -p ExecMainStartTimestamp -- "$unit"); started=${started#*=}
        [ -z "$started" ] || { started=$(date -d "$started" +%s 2>/dev/null) && echo "Age=$(($(date +%s) - started))"; }
        systemctl is-active --quiet -- "$unit" || { echo; systemctl status --no-pager --full --lines=10 -- "$unit"; }
        exit 0
        """
    }

    func judge(_ answer: ProbeAnswer) throws(Unanswered) -> Judgement {
        let text = try answer.builtInText()
        let border = text.range(ofBytes: "\n\n")
        let facts = KeyedLines(border.map { text[..<$0.lowerBound] } ?? text[...])
        var judgement = Judgement()
        guard let load = facts["LoadState"], load != "not-found" else {
            judgement.note("unit", expected: "a unit named \(unit)", observed: "systemd knows no such unit", holds: false)
            return judgement
        }
        let active = facts["ActiveState"] ?? "unknown"
        let enablement = facts["Enablement"] ?? ""
        let state = [active, facts["SubState"] ?? "unknown"].unique.joined(separator: ", ") + Self.result(facts["Result"])
        let implied = masked == true ? nil : true
        if let running = running ?? implied {
            judgement.expect("running", running, observed: Self.activeStates.contains(active), as: state)
        }
        if let enabled = enabled ?? implied {
            judgement.expect("enabled", enabled, observed: Self.enabledStates.contains(enablement), as: enablement)
        }
        if let masked { judgement.expect("masked", masked, observed: load == "masked", as: load) }
        judgeRestarts(facts, mustRun: (running ?? implied) == true, in: &judgement)
        judgement.context = border.map { PlainText.clean(String(text[$0.upperBound...])) } ?? ""
        return judgement
    }

    private func judgeRestarts(_ facts: KeyedLines, mustRun: Bool, in judgement: inout Judgement) {
        let observed = facts["NRestarts"].flatMap { Int($0) }
        if let restarts {
            return judgement.note(
                "restarts", expected: "at most \(restarts)", observed: observed.map(String.init) ?? "unknown to this systemd",
                holds: observed.map { $0 <= restarts } ?? false)
        }
        guard mustRun, let observed, observed > 0 else { return }
        // The main process of a service that was restarted is as old as the last restart.
        let age = facts["Age"].flatMap { Double($0) }
        let window = max(Self.recent, item.deployStarted.map { Timestamp.now.seconds(since: $0) } ?? 0)
        guard age.map({ $0 <= window }) ?? true else { return }
        let last = age.map { ", the last time \(Duration.bounded(seconds: max(0, $0)).brief) ago" } ?? ""
        judgement.note(
            "restarts", expected: "none since the deploy began (restarts: { max: \(observed) } would allow these)",
            observed: "\(observed)\(last)", holds: false)
    }

    private static let activeStates: Set<String> = ["active", "reloading", "refreshing"]
    /// The words for which `systemctl is-enabled` exits 0 (systemctl(1)), but for `indirect`: then the unit is only named in `Also=` of
    /// another, or is a template's, and nothing starts it at boot.
    private static let enabledStates: Set<String> = ["enabled", "enabled-runtime", "static", "alias", "generated"]

    private static func result(_ result: String?) -> String {
        guard let result, result != "success", !result.isEmpty else { return "" }
        return ", result \(result)"
    }
}
