import ArgumentParser

@testable import MatrixCLI

/// Parses a command line by the command that it names.
///
/// The parser checks a whole tree of commands each time, which takes a third of a second for that of `matrix`.
enum ParsedLine {
    /// - Parameter words: without `matrix`.
    static func parse(_ words: [String]) async throws {
        var type: any ParsableCommand.Type = MatrixCommand.self
        var rest = words[...]
        while let next = subcommand(of: type, rest.first) {
            if next.configuration.commandName == rest.first { rest = rest.dropFirst() }
            type = next
        }
        if let type = type as? any AsyncParsableCommand.Type {
            _ = try await type.asyncParse(Array(rest))
        } else {
            _ = try type.parse(Array(rest))
        }
    }

    private static func subcommand(of type: any ParsableCommand.Type, _ word: String?) -> (any ParsableCommand.Type)? {
        let named = type.configuration.subcommands.first { $0.configuration.commandName == word }
        return named ?? (type == MatrixCommand.self ? nil : type.configuration.defaultSubcommand)
    }
}
