import MatrixCore

/// What a host says of its system: whether all units have started, which failed, which services run.
struct BootState: Sendable {
    /// As `systemctl is-system-running` says it: `running`, `degraded`, `starting`; empty if the host has no systemd.
    var state = ""
    var failed: [String] = []
    var running: [String] = []
    /// Services of the question that do not run, with what `systemctl is-enabled` says of each.
    var stopped: [(unit: String, enablement: String)] = []
    /// What `systemctl status` says of the failed units.
    var report = ""

    private static let end = "== status"

    /// Reads what ``script(waiting:)`` prints.
    init(_ output: String) {
        let border = output.range(ofBytes: "\(Self.end)\n")
        for line in output[..<(border?.lowerBound ?? output.endIndex)].parts(at: "\n") {
            let words = line.parts(at: " ").map(String.init)
            switch words.first {
            case "state": state = words.dropFirst().first ?? ""
            case "failed": failed += words.dropFirst().prefix(1)
            case "running": running += words.dropFirst().prefix(1)
            case "stopped" where words.count > 1: stopped.append((words[1], words.dropFirst(2).first ?? "unknown"))
            default: break
            }
        }
        report = border.map { String(output[$0.upperBound...]) } ?? ""
    }

    /// POSIX sh that prints it. Its arguments are the services that should run.
    ///
    /// - Parameter seconds: how long it waits for the boot to end.
    static func script(waiting seconds: Int) -> String {
        """
        [ -d /run/systemd/system ] || exit 0
        left=\(seconds)
        while :; do
          state=$(systemctl is-system-running 2>/dev/null)
          case $state in initializing | starting | stopping | '') ;; *) break ;; esac
          [ "$left" -gt 0 ] || break
          left=$((left - 1)); sleep 1
        done
        echo "state $state"
        systemctl list-units --type=service --state=running --no-legend --plain --no-pager | cut -d ' ' -f 1 | sed 's/^/running /'
        for unit in "$@"; do
          systemctl is-active --quiet -- "$unit" || echo "stopped $unit $(systemctl is-enabled -- "$unit" 2>/dev/null)"
        done
        failed=$(systemctl list-units --failed --no-legend --plain --no-pager | cut -d ' ' -f 1)
        for unit in $failed; do echo "failed $unit"; done
        echo "\(end)"
        case $state in starting | initializing) systemctl list-jobs --no-pager ;; esac
        [ -z "$failed" ] || systemctl status --no-pager --full --lines=20 -- $failed 2>&1 | head -n 200
        exit 0
        """
    }
}
