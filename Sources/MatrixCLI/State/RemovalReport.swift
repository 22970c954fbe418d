import ArgumentParser
import MatrixCore
import MatrixEngine

/// What became of resources that a command removes: as text or for programs.
struct RemovalReport {
    let format: OutputFormat

    /// Prints what became of each resource.
    ///
    /// - Throws: status 4 if one may be left behind.
    func finish(_ outcomes: [Reaper.Outcome]) throws {
        if format == .json {
            Terminal.output(try Terminal.json(Value.list(outcomes.map(Self.value))))
        } else {
            for outcome in outcomes { Terminal.output(StateHint.shared.added(to: outcome.line)) }
        }
        if outcomes.contains(where: { $0.problem != nil }) { throw ExitCode(.leaked) }
    }

    /// What could be removed, and was not.
    func show(_ findings: Reaper.Findings) throws {
        let runs = findings.runs.map { run -> Value in
            .map([
                "kind": "run", "name": .string(run.run.value), "run": .string(run.run.value), "file": .string(run.file), "state": "found",
            ])
        }
        let resources = findings.leases.map { ($0.resource, $0.state.rawValue) } + findings.tagged.map { ($0.resource, "by its tag") }
        Terminal.output(try Terminal.json(Value.list(runs + resources.map { Self.value(of: $0, state: "found", why: $1) })))
    }

    private static func value(_ outcome: Reaper.Outcome) -> Value {
        value(of: outcome.resource, state: outcome.isPending ? "pending" : outcome.problem == nil ? "gone" : "left", why: outcome.problem)
    }

    private static func value(of resource: Resource, state: String, why: String?) -> Value {
        .map([
            "kind": .string(resource.kind), "name": .string(resource.name), "id": .string(resource.id), "cell": .string(resource.cell),
            "run": .string(resource.run.value), "platform": .string(resource.platform), "state": .string(state),
            "why": why.map { .string($0) } ?? .null,
        ])
    }
}
