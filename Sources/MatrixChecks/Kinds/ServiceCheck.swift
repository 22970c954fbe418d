import MatrixCore

/// `service`: a systemd unit that runs and is enabled.
struct ServiceCheck: ProbedCheck {
    static let declaration = Declaration(
        kind: "service", subject: .text,
        keys: [
            KeyShape("running", .boolean, "Whether the unit is active; true where it is not said"),
            KeyShape("enabled", .boolean, "Whether the unit starts at boot (what `systemctl is-enabled` says yes to); true where it is not said"),
            KeyShape("masked", .boolean, "Whether the unit is masked; true takes back what is implied for running and enabled"),
            KeyShape(
                "restarts", .object(ObjectShape("restarts", [KeyShape("max", .integer(0...Int.max), "The most that are allowed", required: true)])),
                "How often systemd restarted the service by itself since it was started"),
        ],
        summary: "Asks systemd about a unit",
        example: "service: prometheus-node-exporter\nrestarts: { max: 0 }\n",
        examine: { Examination.name("service", in: $0) })

    private let unit: String
    private let running: Bool?
    private let enabled: Bool?
    private let masked: Bool?
    private let maximumRestarts: Int?
    let probe: Probe
    let display: Command

    init(_ item: CheckItem) throws {
        unit = try item.subjectText()
        masked = item.options["masked"]?.bool
        let implied = masked == true ? nil : true
        running = item.options["running"]?.bool ?? implied
        enabled = item.options["enabled"]?.bool ?? implied
        maximumRestarts = item.options["restarts"]?["max"]?.int
        probe = item.probe(Self.script(for: unit))
        display = Command(["systemctl", "status", unit], user: item.user)
    }

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
        if let running { judgement.expect("running", running, observed: Self.activeStates.contains(active), as: state) }
        if let enabled { judgement.expect("enabled", enabled, observed: Self.enabledStates.contains(enablement), as: enablement) }
        if let masked { judgement.expect("masked", masked, observed: load == "masked", as: load) }
        if let maximumRestarts {
            let restarts = facts["NRestarts"].flatMap { Int($0) }
            judgement.note(
                "restarts", expected: "at most \(maximumRestarts)", observed: restarts.map(String.init) ?? "unknown to this systemd",
                holds: restarts.map { $0 <= maximumRestarts } ?? false)
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
