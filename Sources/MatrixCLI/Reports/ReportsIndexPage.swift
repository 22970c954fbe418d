import MatrixCore

/// The page over all reports: one file without script.
struct ReportsIndexPage {
    let lines: [ReportsIndex.Line]
    /// The report that `latest` points to.
    let latest: String?

    var text: String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(lines.count) report\(lines.count == 1 ? "" : "s") of matrix</title>
        <style>
        :root { color-scheme: light dark; --line: #8884; --pass: #1a7f37; --fail: #c62828; --odd: #8a5a00; }
        @media (prefers-color-scheme: dark) { :root { --pass: #5fd38d; --fail: #ff8a80; --odd: #f0c36d; } }
        body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }
        .wide { overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; }
        th, td { text-align: left; padding: .4rem .75rem; border-bottom: 1px solid var(--line); white-space: nowrap; }
        td.number { text-align: right; font-variant-numeric: tabular-nums; }
        .passed { color: var(--pass); } .failed { color: var(--fail); } .other { color: var(--odd); }
        </style>
        </head>
        <body>
        <main>
        <h1>Reports</h1>
        \(lines.isEmpty ? "<p>There is no report yet: <code>matrix run FILE</code> writes one.</p>" : table)
        </main>
        </body>
        </html>

        """
    }

    private var table: String {
        """
        <div class="wide" role="region" aria-label="All reports" tabindex="0">
        <table>
        <thead><tr><th scope="col">Verdict</th><th scope="col">Run</th><th scope="col">Matrix</th><th scope="col">Started</th>\
        <th scope="col">Time</th><th scope="col">Cells</th><th scope="col">Exit status</th></tr></thead>
        <tbody>
        \(lines.map(row).joined(separator: "\n"))
        </tbody>
        </table>
        </div>
        """
    }

    private func row(_ line: ReportsIndex.Line) -> String {
        let (word, style) = Self.verdict(of: line)
        let cells = Outcome.allCases.compactMap { outcome in line.cells[outcome.rawValue].map { "\($0) \(outcome.rawValue)" } }
        let name = Self.escaped(line.name)
        return """
            <tr><td class="\(style)">\(word)</td><td><a href="\(name)/index.html">\(name)</a>\(line.name == latest ? " (latest)" : "")</td>\
            <td>\(Self.escaped(line.matrix))</td><td>\(Self.escaped("\(line.started)"))</td>\
            <td class="number">\(Duration.bounded(seconds: line.seconds).brief)</td><td>\(cells.joined(separator: ", "))</td>\
            <td class="number">\(line.exitStatus.rawValue)</td></tr>
            """
    }

    private static func verdict(of line: ReportsIndex.Line) -> (word: String, style: String) {
        if line.isUnfinished { return ("… not finished", "other") }
        return switch line.exitStatus {
        case .passed: ("\(Mark.glyph(.passed)) passed", "passed")
        case .failed: ("\(Mark.glyph(.failed)) failed", "failed")
        case .leaked: ("\(Mark.glyph(.error)) left something", "failed")
        case let status where status.isInterruption: ("\(Mark.glyph(.interrupted)) interrupted", "other")
        default: ("\(Mark.glyph(.error)) no verdict", "other")
        }
    }

    private static func escaped(_ text: String) -> String {
        PlainText.visible(text).replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;").replacing(
            "\"", with: "&quot;")
    }
}
