import MatrixCore

/// The cells that a run kept, and the commands that go on with them: once, not for each cell.
struct KeptText {
    let resources: [Resource]
    /// The matrix file.
    let file: String
    /// The ways into hosts that SSH does not reach.
    var entrances: [Entrance] = []

    /// The most cells that each command names.
    private static let mostNamed = 4

    var text: String {
        let cells = Set(resources.map(\.cell)).sorted()
        let closed = Set(entrances.map(\.cell))
        let open = cells.filter { !closed.contains($0) }
        return ([group(open)] + cells.filter(closed.contains).map(closedCell)).filter { !$0.isEmpty }.joined(separator: "\n")
    }

    private func group(_ cells: [String]) -> String {
        guard let first = cells.first else { return "" }
        let isShort = cells.count <= Self.mostNamed
        let named = ["matrix", "VERB", file] + (isShort ? cells : [first]).flatMap { ["--cell", $0] }
        let commands =
            ["ssh", "inventory"].map { ShellQuoting.join(["matrix", $0, first]) }
            + ["deploy", "verify", "destroy"].map { verb in ShellQuoting.join(named.map { $0 == "VERB" ? verb : $0 }) }
        let others = cells.count == 1 ? [] : [isShort ? "ssh and inventory take any of them" : "the same with each of the others"]
        return (["kept: \(cells.joined(separator: ", "))\(charge(of: cells))"] + (commands + others).map { "    \($0)" }).joined(
            separator: "\n")
    }

    /// The platform's own ways into a cell, and its removal.
    private func closedCell(_ cell: String) -> String {
        let own = entrances.filter { $0.cell == cell }.flatMap(\.commands)
        let commands = own + [ShellQuoting.join(["matrix", "destroy", file, "--cell", cell])]
        return (["kept: \(cell)\(charge(of: [cell]))"] + commands.map { "    \($0)" }).joined(separator: "\n")
    }

    private func charge(of cells: [String]) -> String {
        let prices = resources.filter { cells.contains($0.cell) }.compactMap(\.price)
        return Cost.sums(prices.map { Cost($0.hourly, $0.currency) }).map { ", which costs \($0) an hour" }.joined()
    }
}
