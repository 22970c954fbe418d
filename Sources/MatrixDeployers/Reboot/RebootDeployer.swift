internal import MatrixCore

/// Reboots the hosts, and judges whether each comes back whole.
struct RebootDeployer: Deployer {
    /// A host of a pool may take minutes until its firmware begins to boot.
    static let deadline = Duration.seconds(600)

    var declaration: Declaration {
        Declaration(
            kind: "reboot", subject: .any,
            keys: [
                KeyShape("deadline", .duration, "How long a host may take until it is back and has started all its units. Default: `10m`"),
                KeyShape("ignore", .oneOrMore(.text), "Units that may fail at the boot; globs"),
            ],
            summary: "Reboots the hosts and waits until each is back, on a new boot, with all its units started",
            example: "- reboot:\n  hosts: server", deploysOnly: true, examine: Self.examine)
    }

    func deploy(_ step: StepPlan, in context: CellContext, log: @escaping @Sendable (OutputLine) async -> Void) async throws -> [CaseResult]
    {
        let started = Timestamp.now
        let hosts = context.hosts(selectedBy: step.hosts)
        let folder = try StepFolder(of: step, in: context)
        let cases = try await onEach(hosts) { try await HostReboot(step, of: $0, in: context, folder: folder, log: log).result() }
        guard context.cell.hosts.count > 1 else { return cases }
        return [summary(step, cases, started)] + cases
    }

    /// The case with the step's name, if the cell has several hosts.
    private func summary(_ step: StepPlan, _ cases: [CaseResult], _ started: Timestamp) -> CaseResult {
        var result = CaseResult(of: step, since: started)
        let failed = cases.filter { $0.outcome == .failed }
        guard let first = failed.first else { return result }
        (result.outcome, result.type, result.detail) = (.failed, ProblemType.reboot.rawValue, first.detail)
        result.message = "failed on \(failed.count) of \(cases.count) hosts: \(first.message ?? first.name)"
        return result
    }

    @Sendable private static func examine(_ item: Document) -> [Diagnostic] {
        guard let value = item["reboot"] else { return [] }
        return [
            Diagnostic(
                at: value.location, "`reboot` has no value", hint: "write `- reboot:`, and its keys below it: deadline, ignore, hosts")
        ]
    }
}
