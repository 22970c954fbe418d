import MatrixCore

/// The cells that a run kept, and the commands that go on with them: once, not for each cell.
struct KeptText {
    let resources: [Resource]
    /// The matrix file.
    let file: String

    /// The most cells that each command names.
    private static let mostNamed = 4

    var text: String {
        let cells = Set(resources.map(\.cell)).sorted()
        guard let first = cells.first else { return "" }
        let isShort = cells.count <= Self.mostNamed
        let named = ["matrix", "VERB", file] + (isShort ? cells : [first]).flatMap { ["--cell", $0] }
        let commands =
            ["ssh", "inventory"].map { ShellQuoting.join(["matrix", $0, first]) }
            + ["deploy", "verify", "destroy"].map { verb in ShellQuoting.join(named.map { $0 == "VERB" ? verb : $0 }) }
        let others = cells.count == 1 ? [] : [isShort ? "ssh and inventory take any of them" : "the same with each of the others"]
        return (["kept: \(cells.joined(separator: ", "))\(charge)"] + (commands + others).map { "    \($0)" }).joined(separator: "\n")
    }

    private var charge: String {
        Cost.sums(resources.compactMap(\.price).map { Cost($0.hourly, $0.currency) }).map { ", which costs \($0) an hour" }.joined()
    }
}
