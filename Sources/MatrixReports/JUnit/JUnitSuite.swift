internal import MatrixCore

/// One cell as a suite; the last suite has the problems of the run itself.
struct JUnitSuite {
    let cell: CellResult
    /// Unique in its document.
    let name: String
    /// The beginning of its cases' class names, unique in its document.
    let prefix: String
    let totals: JUnitTotals
    let interval: JUnitInterval

    /// The suites of a run, in plan order; at least one.
    static func all(of run: ReportedRun) -> [JUnitSuite] {
        var names: Set<String> = []
        var prefixes: Set<String> = []
        let own = run.problems.isEmpty && !run.cells.isEmpty ? [] : [Self.own(run)]
        return (run.cells + own).map { cell in
            let name = ReportText.line(cell.name, limit: JUnitLimits.label - 8)
            let prefix = ReportText.clip(JUnitIdentity.prefix(of: cell), limit: 180)
            return JUnitSuite(
                cell: cell, name: names.insertUnique(name.isEmpty ? "cell" : name) { "\($0) (\($1))" },
                prefix: prefixes.insertUnique(prefix) { "\($0)_\($1)" },
                totals: JUnitTotals(cell, of: run), interval: JUnitInterval(cell))
        }
    }

    var hostName: String? {
        guard let host = cell.hosts.first else { return nil }
        let name = ReportText.line(host.name, limit: JUnitLimits.label)
        return name.isEmpty ? nil : name
    }

    /// The axes, then each host with its facts.
    var properties: [(name: String, value: String)] {
        var list = cell.point.map { (name: "axis.\($0.axis)", value: $0.value) }
        list.append(("platform", cell.platform))
        if cell.experimental { list.append(("experimental", "true")) }
        for host in cell.hosts {
            list.append(("host.\(host.name).role", host.role))
            list.append(("host.\(host.name).address", host.address))
            list.append(("host.\(host.name).resource", host.resource))
            for fact in ["image", "template", "os.name", "kernel"] { list.append(("host.\(host.name).\(fact)", host.facts[fact] ?? "")) }
        }
        return list
    }

    private static func own(_ run: ReportedRun) -> CellResult {
        let result = run.result
        let cases =
            run.problems.isEmpty
            ? [
                CaseResult(
                    phase: .create, step: "run", name: "any cell", outcome: .skipped, started: result.started, seconds: 0,
                    message: "no cell was selected")
            ]
            : run.problems
        return CellResult(
            name: "run", point: [], platform: "", outcome: run.problems.isEmpty ? .skipped : .error, queued: result.started,
            started: result.started,
            finished: result.finished, cases: cases)
    }
}

/// The time of a suite, from when its cell left the queue. No case is outside it.
struct JUnitInterval {
    let start: Timestamp
    /// Seconds.
    let length: Double

    init(_ cell: CellResult) {
        start = cell.started
        let ends = cell.cases.lazy.map { $0.started.seconds + Decimal.sane($0.seconds) }
        let end = max(cell.finished.seconds, ends.max() ?? 0)
        length = Decimal.sane(end - cell.started.seconds)
    }

    /// When a case began and how many seconds it took, within the suite.
    func place(_ test: CaseResult) -> (start: Timestamp, seconds: Double) {
        let seconds = min(Decimal.sane(test.seconds), length)
        let latest = start.seconds + length - seconds
        return (Timestamp(seconds: min(max(test.started.seconds, start.seconds), latest)), seconds)
    }
}
