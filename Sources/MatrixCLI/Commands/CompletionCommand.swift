import ArgumentParser
import MatrixCore

/// `matrix completion SHELL`.
struct CompletionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completion", abstract: "Print the completions of a shell: commands, options, files, cells, axes, tags, runs.",
        discussion: "install.sh and the packages install them."
    ).showing([
        "for this shell": "matrix completion bash > ~/.local/share/bash-completion/completions/matrix",
        "for every fish of this account": "matrix completion fish > ~/.config/fish/completions/matrix.fish",
    ])

    @Argument(help: "bash, zsh or fish.", completion: .list(Self.shells))
    var shell: String

    private static var shells: [String] { CompletionShell.allCases.map(\.rawValue) }

    func run() throws {
        guard let known = CompletionShell(rawValue: shell) else {
            throw UsageError("there are no completions for '\(shell)'", hint: "there are: \(Self.shells.joined(separator: ", "))")
        }
        Terminal.output(MatrixCommand.completionScript(for: known))
    }
}
