import ArgumentParser
import MatrixCore
import MatrixRemote

#if canImport(Glibc)
import Glibc
#endif

/// `matrix ssh CELL[:HOST]`.
struct SSHCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ssh", abstract: "Open a shell on a host of a cell that is up, or run a command there."
    ).showing([
        "a shell": "matrix ssh debian12-podman",
        "a command on one of several hosts": "matrix ssh debian12-podman:web -- systemctl status nginx",
    ])

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
        let cell = try await KeptCell.find(parts[0], at: state.folder())
        let endpoint = try await cell.host(parts.count > 1 ? parts[1] : nil).endpoint.checked()
        let options = endpoint.options.filter { $0 != "BatchMode=yes" }.flatMap { ["-o", $0] }
        let arguments =
            ["ssh"] + options + ["-i", endpoint.keyFile, "-p", "\(endpoint.port)", "-l", endpoint.user, "--", endpoint.address]
            + words.remote
        var pointers = arguments.map { strdup($0) } + [nil]
        execvp("ssh", &pointers)
        throw InfrastructureError("ssh", why: String(cString: strerror(errno)), next: "install the OpenSSH client")
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
