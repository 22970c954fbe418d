internal import MatrixCore

/// Copies files and journals of the hosts into the report's artifacts.
struct CollectDeployer: Deployer {
    var declaration: Declaration {
        let journal = ObjectShape(
            "a journal", [KeyShape("journal", .text, "A systemd unit; its messages since the deploy began", required: true)])
        return Declaration(
            kind: "collect", subject: .oneOrMore(.either([.text, .object(journal)])),
            summary: "Copies files, folders and journals into the report",
            example: "- collect: [/var/log/telegraf, { journal: telegraf }]", examine: Self.examine)
    }

    func deploy(_ step: StepPlan, in context: CellContext, log: @escaping @Sendable (OutputLine) async -> Void) async throws -> [CaseResult]
    {
        let started = Timestamp.now
        let notes = try await onEach(context.hosts(selectedBy: step.hosts)) { host in
            try await HostCollection(step, from: host, in: context).collect()
        }.flatMap(\.self)
        for note in notes { await log(OutputLine(.standardOutput, note)) }
        return [
            CaseResult(
                phase: .finally, step: step.name, name: step.name, outcome: .passed, started: started,
                seconds: Timestamp.now.seconds(since: started), detail: notes.joined(separator: "\n"), location: step.location)
        ]
    }

    @Sendable private static func examine(_ item: Document) -> [Diagnostic] {
        (item["collect"]?.oneOrMore ?? []).compactMap { entry in
            guard let path = entry.text, !path.hasPrefix("/"), !path.hasPrefix("${") else { return nil }
            return Diagnostic(
                at: entry.location, "'\(path)' is not an absolute path",
                hint: "write the host's file or folder as a path that begins with /")
        }
    }
}
