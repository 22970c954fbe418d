internal import MatrixCore

/// The parts of `summary.md`. Each is complete Markdown.
enum SummaryParts {
    /// The most cells of a table that GitHub shows well.
    private static let gridCells = 400

    /// The verdict, the grid, and one part for each thing that broke.
    static func all(of run: ReportedRun) -> [String] {
        [verdict(run)] + skipped(run) + leaks(run.result) + GridPage.all(of: run).map(grid) + problems(run) + notes(run)
    }

    /// Names the other reports.
    static func end(_ run: ReportedRun) -> String {
        "Reports: `index.html`, `junit.xml`, `results.json` of run \(Markdown.code(run.result.run.value)).\n"
    }

    private static func verdict(_ run: ReportedRun) -> String {
        let tally = Tally(run.cells)
        let verdict = Verdict(run)
        let result = run.result
        let causes = ProblemGroups.words(ProblemGroups.all(of: run)).map { "\($0). " } ?? ""
        var facts = [
            "**Cases** \(tally.caseWords)",
            "**Took** \(Brief.length(result.finished.seconds(since: result.started)))",
            "**Started** \(Brief.moment(result.started))",
        ]
        if tally.flaky > 0 { facts.append("**Passed on a retry** \(tally.flaky)") }
        if tally.noted > 0 { facts.append("**Passed with a note** \(tally.noted)") }
        if !result.costs.isEmpty { facts.append("**Cost** \(result.costs.map(\.description).joined(separator: " and "))") }
        if let past = run.compared { facts.append("**Since** \(Markdown.code(past.run.value)): \(RunComparison(run, since: past).words)") }
        if let commit = result.commit { facts.append("**Commit** \(Markdown.code(String(commit.prefix(12))))") }
        return
            "## \(verdict.sentence) – \(Markdown.text(result.matrix, limit: 200))\n\n"
            + "\(Markdown.text(causes, limit: 300))\(causes.isEmpty ? "" : " ")\(capitalised(verdict.status)).\n\n"
            + "\(facts.joined(separator: " · "))\n\n"
    }

    private static func capitalised(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }

    /// Why cells were skipped, and what to do: a run that skipped half of its matrix is no green one.
    private static func skipped(_ run: ReportedRun) -> [String] {
        SkippedCells.all(of: run.cells).map { skipped in
            let cells = skipped.cells.prefix(20).map { Markdown.code($0) }.joined(separator: ", ")
            let more = skipped.cells.count > 20 ? " and \(skipped.cells.count - 20) more" : ""
            let steps = skipped.steps.map { "> Next: \(Markdown.text($0, limit: 500))\n" }.joined(separator: ">\n")
            return "> [!WARNING]\n> \(Outcome.skipped.glyph) \(Tally.cells(skipped.cells.count)) skipped: \(cells)\(more)\n>\n"
                + "> \(Markdown.text(skipped.reason, limit: 500))\n\(steps.isEmpty ? "" : ">\n")\(steps)\n"
        }
    }

    private static func leaks(_ result: RunResult) -> [String] {
        result.leaks.map { leak in
            let resource = leak.resource
            let text = "\(resource.kind) \(resource.name) may be left behind on \(resource.platform): \(leak.reason)"
            return "> [!WARNING]\n> \(Markdown.text(text, limit: 500))\n> Remove it with \(Markdown.code(leak.command))\n\n"
        }
    }

    private static func grid(_ page: GridPage) -> String {
        let title = page.title.isEmpty ? "" : "### \(Markdown.text(page.title, limit: 200))\n\n"
        guard page.rows.count * page.columns.count <= gridCells else {
            return "\(title)The grid is too large for a summary: see index.html.\n\n"
        }
        let corner = page.columnAxis.isEmpty ? page.rowAxis : "\(page.rowAxis) × \(page.columnAxis)"
        let head =
            "| \(([corner] + page.columns).map { Markdown.text($0, limit: 80) }.joined(separator: " | ")) |\n"
            + "|\(String(repeating: " --- |", count: page.columns.count + 1))\n"
        let rows = page.rows.map { row in
            "| **\(Markdown.text(row.value, limit: 80))** | \(row.places.map(words).joined(separator: " | ")) |\n"
        }
        return title + head + rows.joined() + "\n"
    }

    private static func words(_ place: GridPage.Place) -> String {
        switch place {
        case .notInMatrix: return "not in the matrix"
        case .notSelected: return "not selected"
        case .otherShard(let shard): return "in shard \(shard)"
        case .cell(let cell):
            let tally = Tally(cell)
            if cell.outcome == .skipped { return "\(cell.outcome.badge)<br>\(tally.caseCount) not run" }
            return "\(cell.outcome.glyph) \(cell.word)<br>\(tally.caseWords) · \(Brief.length(cell.seconds))"
        }
    }

    private static func problems(_ run: ReportedRun) -> [String] {
        let groups = ProblemGroups.all(of: run)
        guard !groups.isEmpty else { return [] }
        return ["### What broke\n\n"] + groups.map { problem($0, of: run.result) }
    }

    private static func notes(_ run: ReportedRun) -> [String] {
        let notes = PassedNote.all(of: run.cells)
        guard !notes.isEmpty else { return [] }
        let lines = notes.map { noted in
            let cells = noted.cells.prefix(20).map { Markdown.code($0) }.joined(separator: ", ")
            let more = noted.cells.count > 20 ? " and \(noted.cells.count - 20) more" : ""
            return "- **\(Markdown.text(noted.title, limit: 255))**: \(Markdown.text(noted.note, limit: 500)) In \(cells)\(more)\n"
        }
        return ["### \(PassedNote.glyph) Passed, but\n\n"] + lines + ["\n"]
    }

    /// One problem: what, where, expected and observed, how to run it again.
    private static func problem(_ group: ProblemGroup, of result: RunResult) -> String {
        let example = group.example
        let others = group.otherNames.isEmpty ? "" : " and \(group.otherNames.count) more with the same message"
        let cells = group.affected.map(\.cell.name).filter { !$0.isEmpty }
        var text =
            "#### \(example.outcome.badge)\(group.isExperimental ? ", experimental" : ""): "
            + "\(Markdown.text(group.title, limit: 255))\(others)\n\n\(Markdown.text(group.message, limit: 1000))\n\n"
        if !cells.isEmpty {
            let shown = cells.prefix(20).map { Markdown.code($0) }.joined(separator: ", ")
            text +=
                "In \(shown)\(cells.count > 20 ? " and \(cells.count - 20) more" : "") – "
                + "\(Markdown.text(group.localisation.sentence, limit: 500))\n\n"
        }
        if let detail = example.furtherDetail { text += Markdown.fence(detail, limit: 4000) }
        return text + Markdown.fence(group.command(file: result.file, options: result.environment["options"]), limit: 2000)
    }
}
