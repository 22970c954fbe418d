import ArgumentParser
import MatrixCore
import MatrixEngine
import MatrixRemote

#if canImport(Glibc)
import Glibc
#endif

/// `matrix ssh CELL[:HOST]`.
struct SSHCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ssh", abstract: "Open a shell on a host of a cell that is up, or run a command there.",
        discussion: """
            The cell is named by its name, the beginning of it, a glob, or @failed: the cells whose last phase has a problem. With --all \
            the command runs on every host of every cell that is meant, at once; each line has its host in front. Then the exit status \
            is 0 if the command's is 0 everywhere, 1 if not, and 3 if a host was not reached.
            """
    ).showing([
        "a shell": "matrix ssh debian12-podman",
        "on the cell that failed": "matrix ssh @failed",
        "a command on one of several hosts": "matrix ssh debian12-podman:web -- systemctl status nginx",
        "a command on all hosts of some cells": "matrix ssh --all 'debian*' -- uptime",
    ])

    @Flag(help: "Run the command on every host of every cell that is meant.")
    var all = false

    @Argument(
        help: ArgumentHelp("The cell; after a colon, the host's role or name.", valueName: "cell[:host]"),
        completion: Complete.hosts)
    var target: String

    @Argument(parsing: .captureForPassthrough, help: "A command to run instead of a shell.")
    var command: [String] = []

    @OptionGroup var state: StateOptions

    func run() async throws {
        let parts = target.split(separator: ":", maxSplits: 1).map(String.init)
        let words = try Self.words(command)
        var state = state
        state.state = words.state ?? state.state
        StateHint.shared.use(state.state)
        let (name, host) = (parts.first ?? "", parts.count > 1 ? parts[1] : nil)
        if all { return try await runEverywhere(name, host: host, words.remote, at: state.folder()) }
        let cell = try await KeptCell.only(name, at: state.folder())
        let endpoint = try await cell.host(host).endpoint.checked()
        let arguments = Self.arguments(to: endpoint, isUnattended: false) + words.remote
        var pointers = arguments.map { strdup($0) } + [nil]
        execvp("ssh", &pointers)
        throw InfrastructureError("ssh", why: String(cString: strerror(errno)), next: "install the OpenSSH client")
    }

    private func runEverywhere(_ wanted: String, host: String?, _ command: [String], at path: String) async throws {
        guard !command.isEmpty else {
            throw UsageError("--all needs a command", hint: "such as matrix ssh --all \(ShellQuoting.quote(target)) -- uptime")
        }
        var targets: [EveryHost.Target] = []
        for cell in try await KeptCell.matching(wanted, at: path) {
            let hosts = if let host { try await cell.hosts(called: host) } else { cell.hosts }
            for reachable in hosts {
                let name = HostLabel(of: reachable.resource.host ?? "", in: cell.name)
                targets.append(
                    EveryHost.Target(
                        label: cell.hosts.count == 1 ? cell.name : "\(cell.name):\(name.label)",
                        arguments: Self.arguments(to: try reachable.endpoint.checked(), isUnattended: true) + command))
            }
        }
        let everywhere = EveryHost(targets: targets)
        let control = RunControl()
        let work = Task { await everywhere.run() }
        let signals = SignalWatch {
            control.stop(.signal(name: $0.signalName, exitStatus: $0))
            work.cancel()
        } abandon: {
            $0
        }
        let status = await signals.watch { await work.value }
        guard case .signal(_, let interruption) = control.reason else { throw ExitCode(status) }
        throw ExitCode(interruption)
    }

    /// The words that log in to a host, without a command.
    ///
    /// - Parameter isUnattended: whether nobody can answer a question of `ssh`.
    static func arguments(to endpoint: Endpoint, isUnattended: Bool) -> [String] {
        let options = endpoint.options.filter { isUnattended || $0 != "BatchMode=yes" }.flatMap { ["-o", $0] }
        return ["ssh"] + options + ["-i", endpoint.keyFile, "-p", "\(endpoint.port)", "-l", endpoint.user, "--", endpoint.address]
    }

    /// Separates `--state` after the cell from the remote command, of which everything is taken as it is.
    static func words(_ command: [String]) throws -> (state: String?, remote: [String]) {
        var words = command[...]
        var state: String?
        while let word = words.first, word == "--state" || word.hasPrefix("--state=") {
            words = words.dropFirst()
            if word == "--state" {
                guard let folder = words.popFirst(), folder != "--" else {
                    throw UsageError(
                        "--state names no folder", hint: "write --state DIR, or -- in front of a remote command that begins so")
                }
                state = folder
            } else {
                state = String(word.dropFirst("--state=".count))
            }
        }
        return (state, Array(words.first == "--" ? words.dropFirst() : words))
    }
}
