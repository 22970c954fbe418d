import MatrixCore

/// Whether a host came back from its reboot as it was before.
///
/// A unit that had failed before does not count: nobody broke it since.
struct BootVerdict: Sendable {
    /// One line; nil if it is whole.
    let problem: String?
    /// What was seen, in one line.
    let observed: String
    /// What is worth a look although the host is whole; nil if nothing is.
    let note: String?

    init(before: BootState, after: BootState, ignoring globs: [String]) {
        let failed = after.failed.filter { unit in !before.failed.contains(unit) && !globs.contains { Glob.matches($0, unit) } }
        observed = after.state.isEmpty ? "the host is back; it has no systemd to ask for its units" : "the system is \(after.state)"
        note = Self.note(of: after.stopped)
        if ["starting", "initializing"].contains(after.state) {
            problem = "the boot did not end in time: the system is still \(after.state)"
        } else if ["maintenance", "stopping", "offline"].contains(after.state) {
            problem = "the system is in the state \(after.state) after the reboot"
        } else if let first = failed.first {
            let more = failed.count > 1 ? " and \(failed.count - 1) more: \(failed.dropFirst().joined(separator: ", "))" : ""
            problem = "failed at the boot: \(first)\(more)"
        } else {
            problem = nil
        }
    }

    /// A service that somebody started and nobody enabled is gone after a reboot. What others start (`static`, `indirect`) comes when
    /// it is needed.
    private static func note(of stopped: [(unit: String, enablement: String)]) -> String? {
        let lost = stopped.filter { $0.enablement == "disabled" }.map(\.unit)
        return lost.isEmpty ? nil : "ran before the reboot and does not run now, as it is not enabled: \(lost.joined(separator: ", "))"
    }
}
