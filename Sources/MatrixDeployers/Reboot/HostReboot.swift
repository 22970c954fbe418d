internal import MatrixCore

/// One reboot of one host by a `reboot` step.
struct HostReboot {
    private let step: StepPlan
    private let host: Host
    private let context: CellContext
    private let folder: StepFolder
    private let deadline: Duration
    private let ignored: [String]
    private let log: @Sendable (OutputLine) async -> Void

    init(
        _ step: StepPlan, of host: Host, in context: CellContext, folder: StepFolder, log: @escaping @Sendable (OutputLine) async -> Void
    ) throws {
        self.step = step
        self.host = host
        self.context = context
        self.folder = folder
        self.log = log
        deadline = step.options["deadline"]?.duration ?? RebootDeployer.deadline
        ignored = step.options["ignore"]?.texts ?? []
    }

    /// Reboots it; a host that does not come back whole is a failed case.
    func result() async throws -> CaseResult {
        guard let restarter = context.restarter else {
            throw InfrastructureError("rebooting \(host.name)", why: "nobody can reboot hosts here", isTransient: false)
        }
        let started = Timestamp.now
        let label = context.label(of: host)
        let before = try await state(of: host, waiting: 0)
        do {
            let fresh = try await restarter.restart(host, within: deadline) { text in context.announce("\(label): \(text)") }
            let down = Duration.bounded(seconds: Timestamp.now.seconds(since: started))
            await say("\(label) is back on a new boot after \(down.brief)")
            let after = try await state(of: fresh, waiting: max(5, Int(nearest: (deadline - down).inSeconds)), services: before.running)
            return judged(BootVerdict(before: before, after: after, ignoring: ignored), after, started)
        } catch let error as NoReturn {
            return try await failed(error, started)
        }
    }

    private func state(of host: Host, waiting seconds: Int, services: [String] = []) async throws -> BootState {
        let command = Command.script(
            BootState.script(waiting: seconds), arguments: services, user: "root", timeout: .seconds(seconds + 60))
        let result = try await host.transport.require(command, "asking \(host.name) for its units", isTransient: true)
        return BootState(PlainText.clean(result.output))
    }

    private var named: String { context.cell.hosts.count > 1 ? "\(step.name) (\(context.label(of: host)))" : step.name }

    private func judged(_ verdict: BootVerdict, _ after: BootState, _ started: Timestamp) -> CaseResult {
        var result = CaseResult(of: step, named: named, since: started, host: host.name)
        result.properties["observed"] = verdict.observed
        result.properties[CaseResult.noteProperty] = verdict.note
        guard let problem = verdict.problem else { return result }
        (result.outcome, result.type, result.message) = (.failed, ProblemType.reboot.rawValue, problem)
        let command = Command(["systemctl", "--failed"], user: "root")
        let report = context.excerpt(after.report, to: 6000)
        result.detail = [problem, report, "see it with:\n$ \(host.transport.commandLine(for: command))"].filter { !$0.isEmpty }
            .joined(separator: "\n")
        return result
    }

    private func failed(_ error: NoReturn, _ started: Timestamp) async throws -> CaseResult {
        var result = CaseResult(of: step, named: named, since: started, host: host.name)
        (result.outcome, result.type, result.message) = (.failed, ProblemType.reboot.rawValue, error.why)
        var lines = [error.why]
        for piece in error.evidence where !piece.text.allSatisfy(\.isWhitespace) {
            let file = "\(Paths.fileName("\(context.label(of: host))-\(piece.name)")).log"
            let text = String(decoding: PlainText.clean(piece.text).utf8.suffix(256 << 10), as: UTF8.self)
            try folder.keep((piece.command.map { "$ \($0)\n" } ?? "") + text, as: file)
            result.attachments.append("\(folder.name)/\(file)")
            guard lines.count == 1 else { continue }
            lines.append("the last lines of \(piece.command ?? piece.name), all of it in \(folder.name)/\(file):")
            let last = context.withoutSecrets(text).split(whereSeparator: \.isNewline).suffix(8)
            lines += last.map { "  \(PlainText.clipped(String($0), to: 300))" }
        }
        if let advice = error.evidence.lazy.compactMap(\.advice).first { lines.append("next: \(advice)") }
        result.detail = lines.joined(separator: "\n")
        await say("\(context.label(of: host)): \(error.why)")
        return result
    }

    private func say(_ text: String) async { await log(OutputLine(.standardOutput, text)) }
}
