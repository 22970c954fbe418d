import ArgumentParser
import MatrixChecks
import MatrixCore

/// `matrix checks --record CELL|USER@HOST`.
struct ChecksCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "checks", abstract: "Write checks from what a good host shows.",
        discussion: "The result goes to standard output; try it with: matrix check HOST -f FILE"
    ).showing([
        "from a host that is as it should be": "matrix checks --record web.example.net"
    ])

    @Option(
        help: ArgumentHelp("A cell (and host) that is up, or a destination for ssh.", valueName: "cell[:host] | [user@]host[:port]"),
        completion: Complete.hosts)
    var record: String

    @Option(help: ArgumentHelp("An ssh_config in place of yours.", valueName: "file"), completion: .file())
    var sshConfig: String?

    @OptionGroup var state: StateOptions

    func run() async throws {
        let target = try await CheckTarget.connect(record, configuration: sshConfig, state: state)
        Terminal.output(
            try await withCleanup {
                try await text(of: target)
            } cleanup: {
                await target.close()
            })
    }

    private func text(of target: CheckTarget) async throws -> String {
        guard let host = target.hosts.first else { throw UsageError("\(record) has no host", hint: "see: matrix status") }
        guard target.hosts.count == 1 else {
            throw UsageError(
                "\(record) has several hosts",
                hint: "name one: \(target.hosts.map { "\(record):\($0.plan.label(in: target.cell.hosts))" }.joined(separator: ", "))")
        }
        return try await HostRecorder().record(host, in: target.context)
    }
}
