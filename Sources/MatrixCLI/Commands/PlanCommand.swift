import ArgumentParser
import MatrixCore
import MatrixEngine

/// `matrix plan FILE`.
struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Show what would run, what it costs, and what is missing for it.",
        discussion: """
            It fetches the credentials of the file's platforms, also with commands that the file names, and asks the platforms with \
            them, as matrix run does. For a file of a stranger use --offline. Exit status: 0 a cell can run, 3 none can; with --check, 3 \
            if any cell cannot run.
            """
    ).showing([
        "what would run, and what is missing": "matrix plan matrices/site.yml",
        "in CI: fail unless every cell can run": "matrix plan matrices/site.yml --check",
        "only what the file says": "matrix plan matrices/site.yml --offline --format json",
    ])

    @Argument(help: ArgumentHelp("The matrix file (default: the only one of matrices/).", valueName: "file"), completion: Complete.yaml)
    var file: String?

    @OptionGroup var selection: SelectionOptions
    @OptionGroup var state: StateOptions

    @Flag(
        help: """
            Run nothing, read no secret, and open no connection: only the file is read. Placeholders stand for variables of the \
            environment that are not set.
            """)
    var offline = false

    @Flag(help: "Exit with status 3 if any cell cannot run, unless it is experimental or the file lets it be skipped.")
    var check = false

    @Option(help: "table or json.")
    var format: OutputFormat = .table

    func validate() throws {
        if check, offline { throw ValidationError("--check asks the platforms, and --offline asks nobody: give one of them") }
    }

    func run() async throws {
        let file = try MatrixChoice.file(file, for: "matrix plan")
        let plan = try MatrixSource.load(file, selection.selection, isOffline: offline)
        for warning in plan.warnings { Terminal.error(warning.description) }
        if let sample = plan.sample { Terminal.error("sample: \(sample.description)") }
        if offline { return try show(plan) }
        let folder = try StateFolder(state.folder(project: plan.project))
        let runner = try await Runner.transport(for: plan)
        let unmet = await RequirementCheck(plan.requirements, named: plan.ansible, runner: runner).problems()
        let platforms = try await PlatformMaker(state: folder, runner: runner).make(plan, access: nil)
        let estimate = await CostEstimate.of(plan, platforms: platforms)
        var preflight = await PlanPreview(plan, platforms: platforms, ledger: folder.ledger).findings(estimate: estimate)
        if let first = unmet.first { for index in preflight.cells.indices { preflight.cells[index].refusal = first.message } }
        for warning in preflight.warnings { Terminal.error(warning.description) }
        Terminal.output(
            format == .json
                ? try Self.json(plan, preflight, estimate)
                : PlanTable(plan: plan, estimate: estimate, isOffline: false, coloured: Terminal.hasColourOnOutput).text(preflight))
        for cost in estimate.hourly {
            if let excess = plan.budget.flatMap({ estimate.excess(of: cost, over: $0) }) { Terminal.error(excess.description) }
        }
        if !unmet.isEmpty { throw UsageError(unmet) }
        if let status = PlanTable.status(of: preflight.cells, isStrict: check) { throw ExitCode(status) }
    }

    /// Shows what the file alone says.
    private func show(_ plan: Plan) throws {
        let cells = plan.cells.map { PlanPreview.Cell(plan: $0) }
        let findings = PlanPreview.Findings(cells: cells, warnings: [], origins: [])
        let table = PlanTable(plan: plan, estimate: CostEstimate(), isOffline: true, coloured: Terminal.hasColourOnOutput)
        Terminal.output(format == .json ? try Self.json(plan, findings, CostEstimate()) : table.text(findings))
    }

    /// The plan as JSON.
    static func json(_ plan: Plan, _ findings: PlanPreview.Findings, _ estimate: CostEstimate) throws -> String {
        let list = findings.cells.map { preview in
            Value.map([
                "name": .string(preview.plan.name), "os": .string(preview.plan.os.name), "platform": .string(preview.plan.platform),
                "axes": .map(Dictionary(preview.plan.point.map { ($0.axis, .string($0.value)) }) { first, _ in first }),
                "experimental": .bool(preview.plan.experimental),
                "hosts": .list(
                    preview.plan.hosts.map {
                        .map(["name": .string($0.name), "role": .string($0.role), "groups": .list($0.groups.map { .string($0) })])
                    }),
                "deploy": .list(preview.plan.deploy.map(step)), "verify": .list(preview.plan.verify.map(step)),
                "finally": .list(preview.plan.finally.map(step)), "expected_seconds": preview.expected.map { .double($0) } ?? .null,
                "price": preview.price.map(price) ?? .null, "expected_cost": preview.cost?.value ?? .null,
                "unavailable": preview.refusal.map { .string($0) } ?? .null,
                "preparation": preview.preparation.map { .string($0) } ?? .null,
            ])
        }
        let value = Value.map([
            "matrix": .string(plan.name), "cells": .list(list), "hourly_costs": .list(estimate.hourly.map(\.value)),
            "warnings": .list((plan.warnings + findings.warnings).map(warning)), "origins": .list(findings.origins.map(origin)),
            "budget": plan.budget.map { Cost($0.hourly, $0.currency).value } ?? .null,
            "not_selected": .list(plan.notSelected.map { .string($0) }),
            "placeholders": .list(plan.placeholders.map { .string($0) }),
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
        var members: [String: Value] = [
            "name": .string(step.name), "kind": .string(step.kind), "skipped": step.skipped.map { .string($0) } ?? .null,
        ]
        members["after"] = step.after.map { .string($0) }
        return .map(members)
    }
}

extension Cost {
    /// For JSON.
    var value: Value { .map(["amount": .double(amount), "currency": .string(currency)]) }
}
