internal import MatrixCore

/// Makes the parts of a cell's section.
enum CellParts {
    /// - Parameters:
    ///   - cause: where the page shows the details; nil if it does not, so that they stand here.
    static func problem(_ test: CaseResult, anchor: String, cause: String?, log: PageLogs.Link?, _ allowance: PageBudget)
        -> CellView.Problem
    {
        CellView.Problem(
            anchor: anchor, outcome: test.outcome.rawValue, badge: test.outcome.badge, name: title(test),
            message: ReportText.line(JUnitVerdict.message(test), limit: HTMLLimits.line),
            excerpt: cause == nil ? allowance.excerpt(test.furtherDetail, limit: HTMLLimits.cellExcerpt) : nil,
            source: test.location.map { "\(ReportText.line($0.file, limit: 200)):\($0.line)" }, cause: cause, log: log)
    }

    static func flaky(_ test: CaseResult) -> Fact {
        let tries = "try \(test.attempts.count + 1) passed"
        return Fact(title(test), "\(tries); before: \(ReportText.line(test.attempts.last?.message ?? "", limit: 200))")
    }

    static func note(_ test: CaseResult) -> Fact {
        Fact(title(test), ReportText.line(test.note ?? "", limit: HTMLLimits.line))
    }

    /// The cases that did not run, by reason.
    static func skipped(_ cell: CellResult, _ allowance: PageBudget) -> [CellView.Names] {
        let cases = cell.cases.filter { $0.outcome == .skipped }
        return grouped(
            cases, limit: allowance.casesOfCell, allowance,
            heading: { ReportText.line($0.message ?? "without a reason", limit: HTMLLimits.line) },
            line: { CellView.Line(name: title($0), observed: nil) })
    }

    /// The cases that passed, by step, each with what was observed.
    static func passed(_ cell: CellResult, _ allowance: PageBudget) -> [CellView.Names] {
        let cases = cell.cases.filter { $0.outcome == .passed }
        return grouped(cases, limit: allowance.casesOfCell, allowance, heading: step) { test in
            CellView.Line(
                name: "\(name(test)) · \(Brief.length(test.seconds))",
                observed: test.observed.map { ReportText.line($0, limit: HTMLLimits.observed) })
        }
    }

    static func phases(_ cell: CellResult, of run: ReportedRun) -> [CellView.PhaseRow] {
        let rows = cell.phases.map { phase in
            CellView.PhaseRow(
                name: phase.attempt > 1 ? "\(phase.phase.rawValue), try \(phase.attempt)" : phase.phase.rawValue,
                outcome: phase.outcome.badge,
                began: "+\(Brief.length(phase.started.seconds(since: run.result.started)))",
                length: Brief.length(phase.finished.seconds(since: phase.started)),
                message: ReportText.line(phase.message ?? "", limit: HTMLLimits.line))
        }
        guard let activity = run.activity, let doing = activity.cells[cell.name], let phase = doing.phase else { return rows }
        return rows + [
            CellView.PhaseRow(
                name: phase.rawValue, outcome: "\(CellFace.runningGlyph) running",
                began: "+\(Brief.length(doing.since.seconds(since: run.result.started)))",
                length: Brief.length(activity.now.seconds(since: doing.since)),
                message: ReportText.line(doing.words, limit: HTMLLimits.line))
        ]
    }

    static func hosts(_ cell: CellResult) -> [CellView.HostRow] {
        cell.hosts.prefix(20).map { host in
            let facts = host.facts.sorted { $0.key < $1.key }.prefix(40).map {
                "\(ReportText.line($0.key, limit: 80)) \(ReportText.id(ReportText.line($0.value, limit: 120)))"
            }
            return CellView.HostRow(
                name: ReportText.line(host.name, limit: 120), role: ReportText.line(host.role, limit: 80),
                address: ReportText.line(host.address, limit: 80),
                resource: ReportText.id(ReportText.line(host.resource, limit: 120)), facts: facts.joined(separator: " · "))
        }
    }

    /// Every file that a case names, once.
    static func files(_ cell: CellResult, root: String, directory: String) -> [CellView.File] {
        cell.cases.flatMap(\.attachments).filter(ReportFile.isNameable).unique.prefix(40).map { path in
            let isThere = ReportFile.holds(path, in: directory)
            return CellView.File(
                path: ReportText.line(path, limit: 200) + (isThere ? "" : " (not kept)"), link: isThere ? link(root + path) : nil)
        }
    }

    /// The step and the name, or only the name if the step is its phase or has the same name.
    static func title(_ test: CaseResult) -> String {
        test.step == test.phase.rawValue || test.step == test.name ? name(test) : "\(step(test)): \(name(test))"
    }

    private static func name(_ test: CaseResult) -> String {
        let line = ReportText.line(test.name, limit: JUnitLimits.label)
        return line.isEmpty ? "unnamed" : line
    }

    private static func step(_ test: CaseResult) -> String {
        let line = ReportText.line(test.step, limit: 100)
        return line.isEmpty ? test.phase.rawValue : line
    }

    private static func grouped(
        _ cases: [CaseResult], limit: Int, _ allowance: PageBudget, heading: (CaseResult) -> String, line: (CaseResult) -> CellView.Line
    ) -> [CellView.Names] {
        var order: [String] = []
        var groups: [String: [CaseResult]] = [:]
        for test in cases {
            let heading = heading(test)
            if groups[heading] == nil { order.append(heading) }
            groups[heading, default: []].append(test)
        }
        var left = limit
        return order.prefix(30).map { heading in
            let all = groups[heading] ?? []
            let names = allowance.names(all.prefix(left).map(line), limit: left)
            left -= names.count
            return CellView.Names(
                heading: "\(heading) (\(all.count))", names: names, hidden: names.count < all.count ? all.count - names.count : nil)
        }
    }

    /// The path as a relative link: a colon in it must not look like a URL scheme.
    static func link(_ path: String) -> String {
        "./" + path.utf8.map { byte in isUnreserved(byte) ? String(Unicode.Scalar(byte)) : "%" + hexadecimal(byte) }.joined()
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch Unicode.Scalar(byte) {
        case "a"..."z", "A"..."Z", "0"..."9", "-", ".", "_", "~", "/": true
        default: false
        }
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        let text = String(byte, radix: 16, uppercase: true)
        return byte < 16 ? "0\(text)" : text
    }
}
