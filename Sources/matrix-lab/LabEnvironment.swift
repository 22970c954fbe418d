import MatrixCore

/// The variables that point `matrix` at a lab.
struct LabEnvironment {
    /// The addresses of its parts. They replace values that were set before, so that no rehearsal reaches a real account.
    var places: [String: String] = [:]
    /// What hosts use instead of downloads. A variable that was set before stays, even if it is empty.
    var standIns: [String: String] = [:]

    /// All variables, as if none was set before.
    var all: [String: String] { over([:]) }

    /// The variables of a process in the lab.
    ///
    /// - Parameter own: the variables that it would have outside the lab.
    func over(_ own: [String: String]) -> [String: String] { standIns.merging(own) { $1 }.merging(places) { $1 } }

    /// The variables for a shell to evaluate.
    var lines: [String] {
        let fixed = places.map { ($0.key, "export \($0.key)=\(ShellQuoting.quote($0.value))") }
        let changeable = standIns.map { ($0.key, "[ -n \"${\($0.key)+x}\" ] || export \($0.key)=\(ShellQuoting.quote($0.value))") }
        return (fixed + changeable).sorted { $0.0 < $1.0 }.map(\.1)
    }
}
