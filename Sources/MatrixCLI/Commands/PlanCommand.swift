import ArgumentParser
import MatrixCore
import MatrixEngine

/// `matrix plan FILE`.
struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Show what would run, what it costs, and what is missing for it.")

    @Argument(help: "The matrix file.")
    var file: String

    @OptionGroup var selection: SelectionOptions
    @OptionGroup var state: StateOptions

    @Option(help: "table or json.")
    var format: OutputFormat = .table

    func run() async throws {
        let plan = try MatrixSource.load(file, selection.selection)
        for warning in plan.warnings { Terminal.error(warning.description) }
        if let sample = plan.sample { Terminal.error("sample: \(sample.description)") }
        let folder = try StateFolder(state.folder(project: plan.project))
        let runner = try await Runner.transport(for: plan)
        let unmet = await RequirementCheck(plan.requirements, named: plan.ansible, runner: runner).problems()
        let platforms = try await PlatformMaker(state: folder, runner: runner).make(plan, access: nil)
        let estimate = await CostEstimate.of(plan, platforms: platforms)
        var preflight = await PlanPreview(plan, platforms: platforms, ledger: folder.ledger).findings(estimate: estimate)
        if let first = unmet.first { for index in preflight.cells.indices { preflight.cells[index].refuse(because: first.message) } }
        for warning in preflight.warnings { Terminal.error(warning.description) }
        Terminal.output(
            format == .json
                ? try Self.json(plan, preflight, estimate) : table(plan, preflight.cells, estimate) + origins(preflight.origins))
        for cost in estimate.hourly {
            if let excess = plan.budget.flatMap({ estimate.excess(of: cost, over: $0) }) { Terminal.error(excess.description) }
        }
        if !unmet.isEmpty { throw UsageError(unmet) }
    }

    private func table(_ plan: Plan, _ cells: [PlanPreview.Cell], _ estimate: CostEstimate) -> String {
        let isCharged = !estimate.prices.isEmpty
        let rows = cells.map { preview in
            [
                preview.plan.name + (preview.plan.experimental ? " (experimental)" : ""),
                preview.plan.hosts.map { $0.label(in: preview.plan.hosts) }.joined(separator: ", "),
                steps(preview.plan), preview.expected.map { Duration.bounded(seconds: $0).brief } ?? "unknown",
            ] + (isCharged ? [preview.price?.text ?? "unknown"] : []) + [preview.refusal ?? "ready"]
        }
        let table = Table(headings: ["CELL", "HOSTS", "STEPS", "EXPECTED"] + (isCharged ? ["COST"] : []) + ["STATE"], rows: rows).text
        let left = plan.notSelected.isEmpty ? "" : "\n\(plan.notSelected.count) not selected: \(plan.notSelected.joined(separator: ", "))"
        return table + cost(plan, cells, estimate) + left
    }

    /// What hosts are made from, a line for each source; empty if no platform has a choice.
    private func origins(_ origins: [PlanPreview.Origin]) -> String {
        origins.map { "\n\($0.source.cells.joined(separator: ", ")): from \($0.source.source), \($0.source.reason)" }.joined()
    }

    /// What all cells cost together; empty if nothing is charged.
    private func cost(_ plan: Plan, _ cells: [PlanPreview.Cell], _ estimate: CostEstimate) -> String {
        guard !estimate.prices.isEmpty else { return "" }
        let hourly = estimate.hourly.map { "\($0) an hour" }.joined(separator: " and ")
        let expected = Cost.sums(cells.compactMap(\.cost)).map(\.description).joined(separator: " and ")
        return "\nall cells together cost \(hourly); a run is expected to cost \(expected)"
            + (plan.budget.map { " (budget: \(Cost($0.hourly, $0.currency)) an hour)" } ?? "")
    }

    private func steps(_ cell: CellPlan) -> String {
        let deploy = cell.deploy.filter { $0.skipped == nil }.map(\.name).joined(separator: ", ")
        let checks = cell.verify.count { $0.skipped == nil }
        return "\(deploy.isEmpty ? "no deploy" : deploy); \(checks) check\(checks == 1 ? "" : "s")"
    }

    /// The plan as JSON.
    static func json(_ plan: Plan, _ findings: PlanPreview.Findings, _ estimate: CostEstimate) throws -> String {
        let list = findings.cells.map { preview in
            Value.map([
                "name": .string(preview.plan.name), "os": .string(preview.plan.os.name), "platform": .string(preview.plan.platform),
                "axes": .map(Dictionary(uniqueKeysWithValues: preview.plan.point.map { ($0.axis, .string($0.value)) })),
                "experimental": .bool(preview.plan.experimental),
                "hosts": .list(
                    preview.plan.hosts.map {
                        .map(["name": .string($0.name), "role": .string($0.role), "groups": .list($0.groups.map { .string($0) })])
                    }),
                "deploy": .list(preview.plan.deploy.map(step)), "verify": .list(preview.plan.verify.map(step)),
                "finally": .list(preview.plan.finally.map(step)), "expected_seconds": preview.expected.map { .double($0) } ?? .null,
                "price": preview.price.map(price) ?? .null, "expected_cost": preview.cost?.value ?? .null,
                "unavailable": preview.refusal.map { .string($0) } ?? .null,
            ])
        }
        let value = Value.map([
            "matrix": .string(plan.name), "cells": .list(list), "hourly_costs": .list(estimate.hourly.map(\.value)),
            "warnings": .list((plan.warnings + findings.warnings).map(warning)), "origins": .list(findings.origins.map(origin)),
            "budget": plan.budget.map { Cost($0.hourly, $0.currency).value } ?? .null,
            "not_selected": .list(plan.notSelected.map { .string($0) }),
        ])
        return try Terminal.json(value)
    }

    private static func price(_ price: Price) -> Value {
        .map(["hourly": .double(price.hourly), "monthly": price.monthly.map { .double($0) } ?? .null, "currency": .string(price.currency)])
    }

    private static func origin(_ origin: PlanPreview.Origin) -> Value {
        .map([
            "platform": .string(origin.platform), "cells": .list(origin.source.cells.map { .string($0) }),
            "source": .string(origin.source.source), "reason": .string(origin.source.reason),
        ])
    }

    private static func warning(_ warning: Diagnostic) -> Value {
        .map([
            "message": .string(warning.message), "next": warning.hint.map { .string($0) } ?? .null,
            "location": warning.location.map { .string("\($0)") } ?? .null,
        ])
    }

    private static func step(_ step: StepPlan) -> Value {
        .map(["name": .string(step.name), "kind": .string(step.kind), "skipped": step.skipped.map { .string($0) } ?? .null])
    }
}

extension PlanPreview.Cell {
    /// Says why no cell can run.
    fileprivate mutating func refuse(because reason: String) { refusal = reason }
}

extension Cost {
    /// For JSON.
    var value: Value { .map(["amount": .double(amount), "currency": .string(currency)]) }
}
