internal import MatrixCore

/// The last section: facts of the run, and what it left.
struct RunView {
    /// A resource that is still on a platform.
    struct Remains {
        let what: String
        let why: String
        let command: String
    }

    let facts: [Fact]
    let environment: [Fact]
    let leaks: [Remains]
    let kept: [Remains]
    let warnings: [String]
    let hasEnvironment: Bool
    let hasLeaks: Bool
    let hasKept: Bool
    let hasWarnings: Bool

    init(_ result: RunResult) {
        facts = Self.facts(result)
        environment = result.environment.sorted { $0.key < $1.key }.map {
            Fact(ReportText.line($0.key, limit: 120), ReportText.line($0.value, limit: HTMLLimits.line))
        }
        leaks = result.leaks.map {
            Remains(
                what: Self.words($0.resource), why: ReportText.line($0.reason, limit: HTMLLimits.line),
                command: ReportText.line($0.command, limit: 1000))
        }
        kept = result.kept.map(\.cell).unique.map { cell in Self.kept(result.kept.filter { $0.cell == cell }, cell: cell, of: result) }
        warnings = result.warnings.map { ReportText.line($0.description, limit: HTMLLimits.line) }
        hasEnvironment = !environment.isEmpty
        hasLeaks = !leaks.isEmpty
        hasKept = !kept.isEmpty
        hasWarnings = !warnings.isEmpty
    }

    private static func facts(_ result: RunResult) -> [Fact] {
        [
            Fact("Run", result.run.value), Fact("Matrix file", result.file), Fact("Started", Brief.moment(result.started)),
            Fact("Finished", Brief.moment(result.finished)), Fact("Result", result.exitStatus.sentence),
            Fact("Commit", result.commit ?? ""),
            Fact("Selection", result.selection.joined(separator: " ")), Fact("Not selected", notSelected(result)),
        ].map { Fact($0.name, ReportText.line($0.value, limit: HTMLLimits.line)) }.filter { !$0.value.isEmpty }
    }

    private static func notSelected(_ result: RunResult) -> String {
        guard !result.notSelected.isEmpty else { return "" }
        let count = result.notSelected.count
        return
            "\(Tally.cells(count)): \(result.notSelected.prefix(20).joined(separator: ", "))\(count > 20 ? ", …" : "")"
    }

    private static func words(_ resource: Resource) -> String {
        ReportText.line(
            "\(resource.kind) \(resource.name)\(resource.id.isEmpty ? "" : " (\(ReportText.id(resource.id)))") on \(resource.platform)",
            limit: HTMLLimits.line)
    }

    /// One entry for all that a cell keeps: one command removes it all.
    private static func kept(_ resources: [Resource], cell: String, of result: RunResult) -> Remains {
        let kinds = resources.map(\.kind).unique.map { kind in
            let count = resources.count { $0.kind == kind }
            return count == 1 ? "1 \(kind)" : "\(count) \(kind)s"
        }
        let until = resources.compactMap(\.expires).min().map { "until \(Brief.moment($0))" } ?? "until it is destroyed"
        let prices = Cost.sums(resources.compactMap(\.price).map { Cost($0.hourly, $0.currency) }).map(\.description)
        let price = prices.isEmpty ? "" : "; it costs \(prices.joined(separator: " and ")) an hour"
        let command = ShellQuoting.join(["matrix", "destroy"] + result.stateWords + [result.file, "--cell", cell])
        return Remains(
            what: ReportText.line("\(cell): \(kinds.joined(separator: ", "))", limit: HTMLLimits.line), why: until + price,
            command: ReportText.line(command, limit: 1000))
    }
}
