import ArgumentParser
import MatrixCore

/// What was probably meant by a command line that has an unknown command or option.
struct CommandLineAdvice {
    let arguments: [String]

    /// What is wrong and what would be right; nil if every command and option is known.
    var problem: UsageError? {
        let command = NamedCommand(arguments)
        let words = command.rest.prefix { $0 != "--" }
        if !command.type.configuration.subcommands.isEmpty, let word = words.first, !word.hasPrefix("-") {
            return unknownCommand(word, of: command)
        }
        let options = CommandLineOption.all(of: command.type)
        for (index, word) in words.enumerated() where word.hasPrefix("--") {
            let name = String(word.dropFirst(2).prefix { $0 != "=" })
            guard !name.isEmpty, !options.contains(where: { $0.name == name }), !Self.builtIn.contains(name) else { continue }
            // A word after an option may be its value.
            if index > 0, options.contains(where: { "--\($0.name)" == words[words.startIndex + index - 1] && $0.takesValue }) { continue }
            return unknownOption(name, command.path, options)
        }
        return nil
    }

    // MARK: Commands

    private func unknownCommand(_ word: String, of command: NamedCommand) -> UsageError? {
        let configuration = command.type.configuration
        let names = configuration.subcommands.compactMap { $0.configuration.commandName }
        let isRoot = command.path.count == 1
        let meant = Suggestion.nearest(to: word, among: names) ?? (isRoot ? Self.elsewhere[word] : nil)
        // What is no subcommand may be an argument of the default one.
        guard meant != nil || configuration.defaultSubcommand == nil else { return nil }
        let line = command.path.joined(separator: " ")
        let hint =
            meant.map { "did you mean: \(line) \($0)\(command.rest.dropFirst().map { " \(ShellQuoting.quote($0))" }.joined())" }
            ?? (isRoot ? "see all commands: matrix --help" : "there are: \(names.joined(separator: ", "))")
        return UsageError("\(line) has no command '\(word)'", hint: hint)
    }

    /// Words of other tools.
    private static let elsewhere = [
        "test": "run", "start-run": "run", "up": "create", "converge": "deploy", "apply": "run", "down": "destroy", "delete": "destroy",
        "rm": "destroy", "list": "status", "ls": "status", "ps": "status", "login": "ssh", "shell": "ssh", "exec": "ssh",
        "lint": "validate",
        "cells": "plan", "gc": "clean", "prune": "clean", "record": "checks --record", "completions": "completion", "open": "report --open",
        "rerun": "run --only-failed", "continue": "resume", "new": "init", "setup": "doctor",
    ]

    // MARK: Options

    private static let builtIn: Set = ["help", "help-hidden", "version", "generate-completion-script", "experimental-dump-help"]

    private func unknownOption(_ name: String, _ path: [String], _ options: [CommandLineOption]) -> UsageError {
        let line = path.joined(separator: " ")
        return UsageError(
            "\(line) has no option '--\(name)'",
            hint: hint(name, options) ?? elsewhere(name) ?? "see: \((["matrix", "help"] + path.dropFirst()).joined(separator: " "))")
    }

    private func hint(_ name: String, _ options: [CommandLineOption]) -> String? {
        // `--keep-failed` for `--keep failed`.
        for option in options where option.takesValue && name.hasPrefix("\(option.name)-") {
            return "did you mean: --\(option.name) \(name.dropFirst(option.name.count + 1))"
        }
        return Suggestion.nearest(to: name, among: options.map(\.name)).map { "did you mean: --\($0)" }
    }

    /// Another command that has the option.
    private func elsewhere(_ name: String) -> String? {
        let owners = MatrixCommand.configuration.subcommands.filter { command in
            CommandLineOption.all(of: command).contains { $0.name == name }
        }.compactMap { $0.configuration.commandName }
        guard !owners.isEmpty else { return nil }
        return "it is an option of \(owners.prefix(5).map { "matrix \($0)" }.joined(separator: ", "))"
    }
}

/// An option of a command.
struct CommandLineOption: Hashable {
    /// Without the dashes.
    var name: String
    var takesValue: Bool

    /// The long options of a command, as its help lists them.
    static func all(of command: any ParsableCommand.Type) -> [CommandLineOption] {
        let arguments = Value(json: command._dumpHelp())?["command"]?["arguments"]?.elements ?? []
        return arguments.flatMap { argument in
            (argument["names"]?.elements ?? []).filter { $0["kind"]?.string == "long" }.compactMap { name in
                name["name"]?.string.map { CommandLineOption(name: $0, takesValue: argument["kind"]?.string == "option") }
            }
        }
    }
}
