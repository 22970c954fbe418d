import MatrixCore

/// `service`: a systemd unit that runs and is enabled.
struct ServiceCheck: KeyedCheck, ProbedCheck {
    static let declaration = declared(
        "service", "Checks a systemd unit", example: "service: prometheus-node-exporter\nrestarts: { max: 0 }\n")

    @Key() private var unit: String
    @Key("Whether the unit is active. Default: `true`") private var running: Bool?
    @Key("Whether the unit starts at boot (`systemctl is-enabled` exits 0). Default: `true`") private var enabled: Bool?
    @Key("Whether the unit is masked. With `true`, running and enabled have no default") private var masked: Bool?
    @Key(
        nil, .object(ObjectShape("restarts", [KeyShape("max", .integer(0...Int.max), "The most that are allowed", required: true)])),
        "How often systemd restarted the service by itself since it was started", reader: { $0["max"]?.int })
    private var restarts: Int?
    var item = CheckItem.none

    var probe: Probe { item.probe(Self.script(for: unit)) }
    var display: Command { Command(["systemctl", "status", unit], user: item.user) }

    private static func script(for unit: String) -> String {
        """
        unit=\(ShellQuoting.quote(unit))
        command -v systemctl >/dev/null || fail "the host has no systemctl"
        [ -d /run/systemd/system ] || fail "systemd does not run on the host"
        systemctl show -p LoadState -p ActiveState -p SubState -p NRestarts -p Result -- "$unit" || exit \(Probe.unanswerable)
        echo "Enablement=$(systemctl is-enabled -- "$unit" 2>/dev/null)"
        systemctl is-active --quiet -- "$unit" || { echo; systemctl status --no-pager --full --lines=10 -- "$unit"; }
        exit 0
        """
    }

    func judge(_ answer: ProbeAnswer) throws(Unanswered) -> Judgement {
        let text = try answer.builtInText()
        let parts = text.split(separator: "\n\n", maxSplits: 1)
        let facts = KeyedLines(parts.first ?? "")
        var judgement = Judgement()
        guard let load = facts["LoadState"], load != "not-found" else {
            judgement.note("unit", expected: "a unit named \(unit)", observed: "systemd knows no such unit", holds: false)
            return judgement
        }
        let active = facts["ActiveState"] ?? "unknown"
        let enablement = facts["Enablement"] ?? ""
        let state = "\(active), \(facts["SubState"] ?? "unknown")" + Self.result(facts["Result"])
        let implied = masked == true ? nil : true
        if let running = running ?? implied {
            judgement.expect("running", running, observed: Self.activeStates.contains(active), as: state)
        }
        if let enabled = enabled ?? implied {
            judgement.expect("enabled", enabled, observed: Self.enabledStates.contains(enablement), as: enablement)
        }
        if let masked { judgement.expect("masked", masked, observed: load == "masked", as: load) }
        if let restarts {
            let observed = facts["NRestarts"].flatMap { Int($0) }
            judgement.note(
                "restarts", expected: "at most \(restarts)", observed: observed.map(String.init) ?? "unknown to this systemd",
                holds: observed.map { $0 <= restarts } ?? false)
        }
        judgement.context = parts.count > 1 ? PlainText.clean(String(parts[1])) : ""
        return judgement
    }

    private static let activeStates: Set<String> = ["active", "reloading", "refreshing"]
    /// The words for which `systemctl is-enabled` exits 0, see systemctl(1).
    private static let enabledStates: Set<String> = ["enabled", "enabled-runtime", "static", "alias", "indirect", "generated"]

    private static func result(_ result: String?) -> String {
        guard let result, result != "success", !result.isEmpty else { return "" }
        return ", result \(result)"
    }
}
