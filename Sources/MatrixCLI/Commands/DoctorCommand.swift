import ArgumentParser
import Foundation
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

            The secrets and credentials come from where the file says, also from commands, and go to the servers that it names: for a file \
            of a stranger use matrix validate and matrix plan --offline.

            With --bundle it also writes what a maintainer needs into one file, without secrets: what it found, the plan, this machine's \
            system and versions, the log, each request to a platform's API with its answer, and the newest run's result and logs. matrix \
            run --record keeps a run's requests for it.
            """
    ).showing([
        "the tools of this machine": "matrix doctor",
        "what one matrix needs": "matrix doctor matrices/site.yml",
        "a bundle for a maintainer": "matrix doctor matrices/site.yml --bundle site.tar.gz",
    ])

    @Argument(help: "A matrix file: only what it needs is checked.", completion: Complete.yaml)
    var file: String?

    @OptionGroup var selection: SelectionOptions
    @OptionGroup var state: StateOptions

    @Option(help: "table or json.")
    var format: OutputFormat = .table

    @Option(
        help: ArgumentHelp("Write a bundle for a maintainer: FILE.tar.gz.", valueName: "file"), completion: .file(extensions: ["tar.gz"]))
    var bundle: String?

    func validate() throws {
        guard let bundle else { return }
        if file == nil { throw ValidationError("--bundle needs a matrix file: matrix doctor FILE --bundle \(bundle)") }
        guard bundle.hasSuffix(".tar.gz") else { throw ValidationError("--bundle needs a name that ends in .tar.gz, not '\(bundle)'") }
    }

    /// Shows what can be said without the file's plan: a variable of the environment that is not set may be all that is wrong.
    private func show(_ error: UsageError) async throws {
        let runner = try await Runner.transport()
        var findings = [Finding(.fine, "matrix", Version.full)]
        findings += await ToolCheck(needs: nil, runner: runner, ansible: runner.ansible).findings()
        findings += StateCheck(path: state.folder(of: file)).findings()
        findings += error.diagnostics.map { Finding($0).shown }
        Terminal.output(format == .json ? Finding.json(findings) : Finding.table(findings, coloured: Terminal.hasColourOnOutput))
        throw ExitCode(.usage)
    }

    func run() async throws {
        if let bundle, FileManager.default.fileExists(atPath: Paths.absolute(bundle)) {
            throw UsageError("\(bundle) exists already", hint: "name another file, or remove this one")
        }
        let loader = try file.map { try MatrixSource.loader(for: $0) }
        let plan: Plan?
        do {
            plan = try file.flatMap { try loader?.load($0, selection: selection.selection) }
        } catch let error as UsageError where bundle == nil {
            return try await show(error)
        }
        if let plan { MatrixSource.protect(plan) }
        let needs = plan.flatMap { plan in loader.map { Needs(plan, read: $0) } }
        let runner = try await Runner.transport(for: plan)
        let folder = plan.map { state.folder(project: $0.project) } ?? state.folder()
        let kit = try bundle == nil ? nil : plan.map { try DoctorBundle($0, state: folder, runner: runner) }
        var findings = [Finding(.fine, "matrix", Version.full)]
        findings += await ToolCheck(needs: needs, runner: runner, ansible: runner.ansible).findings()
        findings += StateCheck(path: folder).findings()
        if let plan {
            findings += await RequirementCheck(plan.requirements, named: plan.ansible, runner: runner).answers().map(\.finding)
            findings += plan.warnings.map { Finding(.warning, "matrix file", $0.message, fix: $0.hint) }
            findings += await SecretCheck(plan: plan, runner: runner).findings()
            findings += try await PlatformCheck(plan: plan, state: folder, runner: runner, exchanges: kit?.exchanges).findings()
            findings = findings.map(\.shown)
        }
        Terminal.output(format == .json ? Finding.json(findings) : Finding.table(findings, coloured: Terminal.hasColourOnOutput))
        if let kit, let bundle {
            let text = try await kit.finish(findings, to: Paths.absolute(bundle))
            Terminal.error("\n\(text)")
        }
        if findings.contains(where: { $0.state == .bad }) { throw ExitCode(.infrastructure) }
    }
}
