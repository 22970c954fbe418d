import ArgumentParser
import MatrixCore
import MatrixRemote

#if canImport(Glibc)
import Glibc
#endif

/// `matrix ssh CELL[:HOST]`.
struct SSHCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ssh", abstract: "Open a shell on a host of a cell that is up, or run a command there.")

    @Argument(help: ArgumentHelp("The cell; after a colon, the host's role or name.", valueName: "cell[:host]"))
    var target: String

    @Argument(parsing: .captureForPassthrough, help: "A command to run instead of a shell.")
    var command: [String] = []

    @OptionGroup var state: StateOptions

    func run() async throws {
        let parts = target.split(separator: ":", maxSplits: 1).map(String.init)
        let cell = try await KeptCell.find(parts[0], in: StateFolder(state.folder()))
        let endpoint = try cell.host(parts.count > 1 ? parts[1] : nil).endpoint.checked()
        let options = endpoint.options.filter { $0 != "BatchMode=yes" }.flatMap { ["-o", $0] }
        let remote = command.first == "--" ? Array(command.dropFirst()) : command
        let arguments =
            ["ssh"] + options + ["-i", endpoint.keyFile, "-p", "\(endpoint.port)", "-l", endpoint.user, "--", endpoint.address] + remote
        var pointers = arguments.map { strdup($0) } + [nil]
        execvp("ssh", &pointers)
        throw InfrastructureError("ssh", why: String(cString: strerror(errno)), next: "install the OpenSSH client")
    }
}
