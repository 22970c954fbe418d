import ArgumentParser
import MatrixCore
import MatrixEngine

/// `matrix plan FILE`.
struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "plan", abstract: "Show what would run: cells, hosts, steps, and what is missing for it.")

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
        let maker = PlatformMaker(folder, redactor: Redactor())
        let preflight = await PlanPreview(plan, platforms: try await maker.make(plan, access: nil), ledger: folder.ledger).cells()
        Terminal.output(format == .json ? try json(plan, preflight) : table(plan, preflight))
    }

    private func table(_ plan: Plan, _ cells: [PlanPreview.Cell]) -> String {
        let rows = cells.map { preview in
            [
                preview.plan.name + (preview.plan.experimental ? " (experimental)" : ""), preview.plan.hosts.map { $0.label(in: preview.plan.hosts) }.joined(separator: ", "),
                steps(preview.plan), preview.expected.map { Duration.seconds($0).brief } ?? "not known", preview.refusal ?? "ready",
            ]
        }
        let table = Table(headings: ["CELL", "HOSTS", "STEPS", "EXPECTED", "STATE"], rows: rows).text
        let left = plan.notSelected.isEmpty ? "" : "\n\(plan.notSelected.count) not selected: \(plan.notSelected.joined(separator: ", "))"
        return table + left
    }

    private func steps(_ cell: CellPlan) -> String {
        let deploy = cell.deploy.filter { $0.skipped == nil }.map(\.name).joined(separator: ", ")
        let checks = cell.verify.count { $0.skipped == nil }
        return "\(deploy.isEmpty ? "no deploy" : deploy); \(checks) check\(checks == 1 ? "" : "s")"
    }

    private func json(_ plan: Plan, _ cells: [PlanPreview.Cell]) throws -> String {
        let list = cells.map { preview in
            Value.map([
                "name": .string(preview.plan.name), "os": .string(preview.plan.os.name), "platform": .string(preview.plan.platform),
                "axes": .map(Dictionary(uniqueKeysWithValues: preview.plan.point.map { ($0.axis, .string($0.value)) })),
                "experimental": .bool(preview.plan.experimental),
                "hosts": .list(preview.plan.hosts.map { .map(["name": .string($0.name), "role": .string($0.role), "groups": .list($0.groups.map { .string($0) })]) }),
                "deploy": .list(preview.plan.deploy.map(step)), "verify": .list(preview.plan.verify.map(step)),
                "finally": .list(preview.plan.finally.map(step)), "expected_seconds": preview.expected.map { .double($0) } ?? .null,
                "unavailable": preview.refusal.map { .string($0) } ?? .null,
            ])
        }
        let value = Value.map([
            "matrix": .string(plan.name), "cells": .list(list), "not_selected": .list(plan.notSelected.map { .string($0) }),
        ])
        return String(decoding: try JSON.encode(value, pretty: true), as: UTF8.self)
    }

    private func step(_ step: StepPlan) -> Value {
        .map(["name": .string(step.name), "kind": .string(step.kind), "skipped": step.skipped.map { .string($0) } ?? .null])
    }
}
