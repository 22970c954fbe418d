import ArgumentParser
import MatrixChecks
import MatrixCore
import MatrixFile

/// `matrix check CELL|USER@HOST -f FILE`.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Run checks on a cell that is up, or on any host that ssh reaches.",
        discussion: "The file is a list of checks as under verify:, or a map with verify: and vars:. No matrix file is needed."
    ).showing([
        "a cell that is up": "matrix check debian12-podman -f checks.yml",
        "any host": "matrix check admin@web.example.net:2222 -f checks.yml --tags web",
    ])

    @Argument(
        help: ArgumentHelp("A cell (and host) that is up, or a destination for ssh.", valueName: "cell[:host] | [user@]host[:port]"),
        completion: Complete.hosts)
    var target: String

    @Option(name: [.short, .customLong("file")], help: "The file of checks.", completion: Complete.yaml)
    var file: String

    @Option(help: ArgumentHelp("Only checks with one of these tags.", valueName: "tag"), completion: Complete.tags)
    var tags: [String] = []

    @Option(help: ArgumentHelp("An ssh_config in place of yours.", valueName: "file"), completion: .file())
    var sshConfig: String?

    @Option(help: "table or json.")
    var format: OutputFormat = .table

    @OptionGroup var state: StateOptions

    func run() async throws {
        // Reports problems of the file before it connects, as far as they do not depend on a host.
        let somewhere = CellPlan(
            name: target, point: [AxisValue(axis: "os", value: "any"), AxisValue(axis: "platform", value: "any")],
            os: OperatingSystem(name: "any", family: "debian", packageManager: .apt, release: .init(id: "any", version: "")),
            platform: "any",
            hosts: [HostPlan(name: target)])
        let checks = CheckFile(file)
        _ = try MatrixSource.loader(for: nil).loadChecks(checks, for: somewhere)
        let target = try await CheckTarget.connect(target, configuration: sshConfig, state: state)
        let output = try await withCleanup {
            try await ask(checks, of: target)
        } cleanup: {
            await target.close()
        }
        Terminal.output(format == .json ? try output.json() : output.text)
        if output.exitStatus != .passed { throw ExitCode(output.exitStatus) }
    }

    private func ask(_ checks: CheckFile, of target: CheckTarget) async throws -> CheckOutput {
        let list = try MatrixSource.loader(for: nil).loadChecks(
            checks, for: target.cell, tags: tags.flatMap { $0.split(separator: ",").map(String.init) })
        for warning in list.warnings { Terminal.error(warning.description) }
        let cases = try await CheckRunner().verify(list.steps, in: target.context) { result in
            Terminal.error("\(Mark.glyph(result.outcome)) \(result.name)")
        }
        return CheckOutput(target: self.target, cases: cases, coloured: Terminal.hasColourOnOutput)
    }
}
