import MatrixCore
import Synchronization

/// Asks every platform, before anything is created, what it cannot provide.
struct Preflight: Sendable {
    /// Why a cell does not begin.
    struct Refusal: Sendable {
        /// Skipped rather than an error: `unavailable: skip`.
        var isSkipped: Bool
        var message: String
        var next: String?

        init(isSkipped: Bool, message: String, next: String?) {
            self.isSkipped = isSkipped
            self.message = message
            self.next = next
        }

        /// A platform that is left out.
        init(_ platform: String, _ absent: AbsentPlatform, isSkipped: Bool) {
            self.init(isSkipped: isSkipped, message: "platform \(platform) is left out: \(absent.reason)", next: absent.next)
        }

        var detail: String { next.map { "\(message)\nnext: \($0)" } ?? message }
    }

    /// What was found.
    struct Findings: Sendable {
        /// By the cells' names.
        var refusals: [String: Refusal] = [:]
        var warnings: [Diagnostic] = []
    }

    let plan: Plan
    let platforms: [String: any Platform]
    var limit = QuestionLimit.preflight

    /// All findings, complete.
    func run() async -> Findings {
        await run({ platform, cells in await platform.preflight(cells, within: limit) }, possible: { _ in }, waiting: { _ in })
    }

    /// All findings; meanwhile the cells that may begin before all of them are there.
    ///
    /// - Parameters:
    ///   - possible: told each cell once its platform certainly has what it needs.
    ///   - waiting: told which platforms have not answered, at first and after each answer; at least one.
    func run(
        possible: @escaping @Sendable (_ cell: String) -> Void, waiting: @escaping @Sendable (_ platforms: [String]) -> Void
    ) async -> Findings {
        await run(
            { platform, cells in
                await platform.preflight(cells, within: limit, possible: possible)
            }, possible: possible, waiting: waiting)
    }

    private func run(
        _ ask: @escaping @Sendable (any Platform, [CellPlan]) async -> [PreflightProblem],
        possible: @escaping @Sendable (String) -> Void, waiting: @escaping @Sendable ([String]) -> Void
    ) async -> Findings {
        let names = Array(Set(plan.cells.map(\.platform))).sorted()
        let open = Mutex(names.filter { platforms[$0] != nil })
        open.withLock { if !$0.isEmpty { waiting($0) } }
        let answers = await mapConcurrently(names, limit: names.count) { name -> (String, [PreflightProblem]) in
            guard let platform = platforms[name] else { return (name, []) }
            let cells = plan.cells.filter { $0.platform == name }
            let problems = await ask(platform, cells)
            open.withLock { open in
                open.removeAll { $0 == name }
                if !open.isEmpty { waiting(open) }
            }
            let refused = problems.filter { $0.severity != .warning }
            if !refused.contains(where: \.cells.isEmpty) {
                let names = Set(refused.flatMap(\.cells))
                for cell in cells where !names.contains(cell.name) { possible(cell.name) }
            }
            return (name, problems)
        }
        var findings = Findings()
        for (platform, problems) in answers {
            for problem in problems { note(problem, of: platform, in: &findings) }
        }
        for cell in plan.cells {
            guard let absent = plan.absent[cell.platform] else { continue }
            findings.refusals[cell.name] = Refusal(cell.platform, absent, isSkipped: true)
        }
        return refusingAllSkipped(findings)
    }

    private func note(_ problem: PreflightProblem, of platform: String, in findings: inout Findings) {
        if problem.severity == .warning {
            findings.warnings.append(Diagnostic(.warning, at: nil, "\(platform): \(problem.message)", hint: problem.next))
            return
        }
        let skips = problem.severity == .unavailable && plan.unavailable == .skip
        let names = problem.cells.isEmpty ? plan.cells.filter { $0.platform == platform }.map(\.name) : problem.cells
        for name in names {
            let known = findings.refusals[name]
            findings.refusals[name] = Refusal(
                isSkipped: skips && known?.isSkipped ?? true,
                message: [known?.message, problem.message].compactMap(\.self).joined(separator: "; "),
                next: [known?.next, problem.next].compactMap(\.self).joined(separator: "; ").nonEmpty)
        }
    }

    /// A run without any cell to run has no verdict: it must not look green.
    private func refusingAllSkipped(_ findings: Findings) -> Findings {
        guard !plan.cells.isEmpty, plan.cells.allSatisfy({ findings.refusals[$0.name]?.isSkipped == true }) else { return findings }
        var findings = findings
        findings.refusals = findings.refusals.mapValues { refusal in
            Refusal(isSkipped: false, message: "\(refusal.message) (no cell of this run can reach a verdict)", next: refusal.next)
        }
        return findings
    }
}

extension String {
    /// This text, or nil if it is empty.
    fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}
