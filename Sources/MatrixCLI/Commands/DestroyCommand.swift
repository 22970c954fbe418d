import ArgumentParser
import MatrixCore
import MatrixEngine

/// `matrix destroy FILE`.
struct DestroyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "destroy", abstract: "Destroy kept cells of a matrix.").showing([
        "all cells of the matrix": "matrix destroy matrices/site.yml",
        "some of them": "matrix destroy matrices/site.yml --cell 'debian12-*'",
    ])

    @Argument(help: "The matrix file of the cells.", completion: Complete.yaml)
    var file: String

    @OptionGroup var state: StateOptions

    @Option(
        name: .long, help: ArgumentHelp("Only cells whose name matches (repeatable).", valueName: "glob"), completion: Complete.keptCells)
    var cell: [String] = []

    @Option(help: "table or json.")
    var format: OutputFormat = .table

    func run() async throws {
        let path = Paths.absolute(file)
        let folder = try StateFolder(state.folder(of: file))
        let leases = try await selected(of: path, in: folder)
        guard !leases.isEmpty else {
            if format == .json { return Terminal.output("[]") }
            let what = cell.isEmpty ? "no cell" : "no cell that matches \(cell.joined(separator: ", "))"
            return Terminal.output("\(what) of \(file) is up, by \(folder.path)")
        }
        try RemovalReport(format: format).finish(await Reaping(state: folder).reaper.remove(leases))
    }

    private func selected(of path: String, in folder: StateFolder) async throws -> [Lease] {
        var selected: [Lease] = []
        for lease in try await folder.ledger.open() where cell.isEmpty || cell.contains(where: { Glob.matches($0, lease.resource.cell) }) {
            guard try await folder.ledger.run(lease.resource.run)?.file == path else { continue }
            // A running process destroys its cells itself.
            if lease.isOwnerAlive {
                Terminal.error(
                    "not destroyed: \(lease.resource.name) belongs to run \(lease.resource.run), which still runs (pid \(lease.owner.pid))")
            } else {
                selected.append(lease)
            }
        }
        return selected
    }
}
