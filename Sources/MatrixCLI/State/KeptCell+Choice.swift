import MatrixCore

extension KeptCell {
    /// The word for the cells whose last phase has a problem.
    static let failed = "@failed"

    /// The cells with hosts that a person means by a name, the beginning of names, a glob or `@failed`; the newest of each name.
    ///
    /// - Throws: `UsageError` if there is none.
    static func matching(_ wanted: String, at path: String) async throws -> [KeptCell] {
        guard let folder = try StateFolder.existing(path) else { return [try await find(wanted, at: path)] }
        var newest: [String: KeptCell] = [:]
        for cell in cells(try await folder.ledger.open()) where !cell.hosts.isEmpty { newest[cell.name] = cell }
        let names = newest.keys.sorted()
        var chosen: [KeptCell] = []
        if wanted == failed {
            for cell in names.compactMap({ newest[$0] }) where try await cell.hasFailed(in: folder) { chosen.append(cell) }
            guard !chosen.isEmpty else {
                throw UsageError(
                    "no cell that is up has failed",
                    hint: names.isEmpty ? "no cell is up" : "these are up: \(names.joined(separator: ", "))")
            }
        } else {
            chosen = NameChoice.matches(wanted, among: names).compactMap { newest[$0] }
        }
        guard !chosen.isEmpty else { return [try await find(wanted, in: folder)] }
        for index in chosen.indices { chosen[index].file = try await folder.ledger.run(chosen[index].run)?.file }
        return chosen
    }

    /// The only cell that is meant.
    ///
    /// - Throws: `UsageError` if there is none, or if there are several.
    static func only(_ wanted: String, at path: String) async throws -> KeptCell {
        let cells = try await matching(wanted, at: path)
        guard let cell = cells.only else {
            throw UsageError(
                "'\(wanted)' means \(cells.count) cells that are up: \(cells.map(\.name).joined(separator: ", "))",
                hint: "name one, or run a command on all of them: matrix ssh --all \(ShellQuoting.quote(wanted)) -- COMMAND")
        }
        return cell
    }

    /// Whether its last phase, apart from those that clean up, has a problem.
    private func hasFailed(in folder: StateFolder) async throws -> Bool {
        let records = try await folder.ledger.progress(of: run)[name] ?? []
        return records.last { $0.phase != .destroy && $0.phase != .finally }?.outcome.isProblem == true
    }
}
