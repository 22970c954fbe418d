import ArgumentParser
import MatrixCore
import MatrixFile
import MatrixRemote

/// `matrix doctor [FILE]`.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Show what this machine lacks for running matrices, each with its fix.",
        discussion: """
            Checks the tools with their versions and the state folder. With FILE it checks only what that matrix needs, reads its \
            secrets, and asks its platforms for credentials, reachability, permissions and capacity. Nothing is created. Exit status: 0 \
            nothing prevents a run, 3 something does.
            """)

    @Argument(help: "A matrix file: only what it needs is checked.")
    var file: String?

    @OptionGroup var selection: SelectionOptions
    @OptionGroup var state: StateOptions

    @Option(help: "table or json.")
    var format: OutputFormat = .table

    func run() async throws {
        let loader = try file.map { try MatrixSource.loader(for: $0) }
        let plan = try file.flatMap { try loader?.load($0, selection: selection.selection) }
        let needs = plan.flatMap { plan in loader.map { Needs(plan, read: $0) } }
        var findings = [Finding(.fine, "matrix", Version.full)]
        let runner = try await Runner.transport(for: plan)
        findings += await ToolCheck(needs: needs, runner: runner, ansible: runner.ansible).findings()
        if let plan { findings += await RequirementCheck(plan.requirements, runner: runner).answers().map(\.finding) }
        findings += StateCheck(path: plan.map { state.folder(project: $0.project) } ?? state.folder()).findings()
        if let plan {
            findings += plan.warnings.map { Finding(.warning, "matrix file", $0.message, fix: $0.hint) }
            findings += await SecretCheck(plan: plan, runner: runner).findings()
            findings += try await PlatformCheck(plan: plan, state: state.folder(project: plan.project), runner: runner).findings()
            findings = findings.map(\.shown)
        }
        Terminal.output(format == .json ? Finding.json(findings) : Finding.table(findings, coloured: Terminal.hasColourOnOutput))
        if findings.contains(where: { $0.state == .bad }) { throw ExitCode(.infrastructure) }
    }
}
