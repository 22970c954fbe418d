import ArgumentParser

@testable import MatrixCLI

/// Parses a command line by the command that it names.
///
/// The parser checks a whole tree of commands each time, which takes a third of a second for that of `matrix`.
enum ParsedLine {
    /// - Parameter words: without `matrix`.
    static func parse(_ words: [String]) async throws {
        let named = NamedCommand(words)
        if let type = named.running as? any AsyncParsableCommand.Type {
            _ = try await type.asyncParse(Array(named.rest))
        } else {
            _ = try named.running.parse(Array(named.rest))
        }
    }
}
