import ArgumentParser

/// The command that the first words of a command line name.
struct NamedCommand {
    private(set) var type: any ParsableCommand.Type = MatrixCommand.self
    /// `matrix` and the words that lead to it.
    private(set) var path = ["matrix"]
    /// The words after it.
    private(set) var rest: ArraySlice<String>

    /// - Parameter arguments: without `matrix`.
    init(_ arguments: [String]) {
        rest = arguments[...]
        while let word = rest.first, let next = type.configuration.subcommands.first(where: { $0.configuration.commandName == word }) {
            (type, path, rest) = (next, path + [word], rest.dropFirst())
        }
    }

    /// What runs: the default subcommand of a command that only groups others.
    var running: any ParsableCommand.Type { type == MatrixCommand.self ? type : type.configuration.defaultSubcommand ?? type }
}
