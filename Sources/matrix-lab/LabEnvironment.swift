import MatrixCore

/// The variables that lead `matrix` to a lab.
struct LabEnvironment {
    /// Where its parts are. They hold against whatever was set before, so that no rehearsal reaches a real account.
    var places: [String: String] = [:]
    /// What hosts use instead of what they would download. One that was set before stays, even if it is set to nothing.
    var standIns: [String: String] = [:]

    /// All of them, as where nothing was set before.
    var all: [String: String] { over([:]) }

    /// The variables of a process in the lab.
    ///
    /// - Parameter own: those that it would have elsewhere.
    func over(_ own: [String: String]) -> [String: String] { standIns.merging(own) { $1 }.merging(places) { $1 } }

    /// The same for a shell to evaluate.
    var lines: [String] {
        let fixed = places.map { ($0.key, "export \($0.key)=\(ShellQuoting.quote($0.value))") }
        let changeable = standIns.map { ($0.key, "[ -n \"${\($0.key)+x}\" ] || export \($0.key)=\(ShellQuoting.quote($0.value))") }
        return (fixed + changeable).sorted { $0.0 < $1.0 }.map(\.1)
    }
}
