import MatrixCore
import MatrixWeb

/// Asks a matrix's platforms for credentials, reachability, permissions and capacity.
struct PlatformCheck {
    let plan: Plan
    let state: String
    let runner: any Transport
    /// Where requests to APIs are logged; nil for nowhere.
    var exchanges: ExchangeLog?

    func findings() async throws -> [Finding] {
        let platforms: [String: any Platform]
        do {
            platforms = try await PlatformMaker(state: try StateFolder(state), runner: runner, exchanges: exchanges).make(plan, access: nil)
        } catch let error as UsageError {
            return error.diagnostics.map { Finding(.bad, "platforms", $0.message, fix: $0.hint) }
        }
        let names = Set(plan.cells.map(\.platform)).sorted()
        return await mapConcurrently(names, limit: 8) { name in
            guard let platform = platforms[name] else { return [Finding]() }
            let problems = await platform.preflight(plan.cells.filter { $0.platform == name }, within: QuestionLimit.preflight)
            await platform.close()
            return findings(name, problems)
        }.flatMap(\.self)
    }

    private func findings(_ name: String, _ problems: [PreflightProblem]) -> [Finding] {
        guard !problems.isEmpty else { return [Finding(.fine, "platform \(name)", "ready for \(count(name))")] }
        return problems.map { problem in
            // If the file says so, the cells of a system that is not available are skipped.
            let isBad = problem.severity == .error || problem.severity == .unavailable && plan.unavailable == .error
            let cells = problem.cells.isEmpty ? "" : " (\(problem.cells.joined(separator: ", ")))"
            return Finding(isBad ? .bad : .warning, "platform \(name)", problem.message + cells, fix: problem.next)
        }
    }

    private func count(_ name: String) -> String {
        let count = plan.cells.count { $0.platform == name }
        return "\(count) cell\(count == 1 ? "" : "s")"
    }
}
