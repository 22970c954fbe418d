import MatrixCore

/// What a person can do with a cell that was kept.
struct KeptCommands {
    let cell: String
    /// The matrix file as the user gave it.
    let file: String
    /// The ways into its hosts if SSH does not reach all of them; nil if it does.
    let entrances: [Entrance]?

    /// The commands, one a line.
    var all: [String] {
        let own = (entrances ?? []).filter { $0.cell == cell }
        let destroy = ["matrix destroy \(ShellQuoting.quote(file)) --cell \(cell)"]
        guard own.isEmpty else { return own.flatMap(\.commands) + destroy }
        let stages = ["deploy", "verify"].map { "matrix \($0) \(ShellQuoting.quote(file)) --cell \(cell)" }
        return ["matrix ssh \(cell)", "matrix inventory \(cell)"] + stages + destroy
    }
}
