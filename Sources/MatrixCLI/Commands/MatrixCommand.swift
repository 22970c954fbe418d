public import ArgumentParser
import Foundation
import MatrixCore
import MatrixRemote

/// The root of the command line.
public struct MatrixCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "matrix",
        abstract: "Runs tests over OS × platform: creates hosts, provisions them, deploys, verifies, reports, and destroys everything.",
        version: Version.full,
        groupedSubcommands: [
            CommandGroup(
                name: "Run a matrix",
                subcommands: [RunCommand.self, PlanCommand.self, ValidateCommand.self, SchemaCommand.self, ExportCommand.self]),
            CommandGroup(
                name: "One phase of kept cells",
                subcommands: [CreateCommand.self, ProvisionCommand.self, DeployCommand.self, VerifyCommand.self, DestroyCommand.self]),
            CommandGroup(
                name: "See and clean up", subcommands: [StatusCommand.self, ResumeCommand.self, ReapCommand.self, CleanCommand.self]),
            CommandGroup(
                name: "Hosts of kept cells",
                subcommands: [SSHCommand.self, InventoryCommand.self, StopCommand.self, StartCommand.self, PoolCommand.self]),
            CommandGroup(name: "Checks without a matrix", subcommands: [CheckCommand.self, ChecksCommand.self]),
            CommandGroup(name: "Platforms", subcommands: [TemplateCommand.self, PlatformCommand.self]),
            CommandGroup(name: "Set up", subcommands: [InitCommand.self, DoctorCommand.self, CompletionCommand.self]),
            CommandGroup(name: "Reports", subcommands: [ReportCommand.self, UICommand.self, LogsCommand.self, HistoryCommand.self]),
        ])

    public init() {}

    /// Parses the process's arguments, runs the command and exits with its status as cli.md lists them.
    public static func launch() async -> Never {
        OrphanCollector.start()
        DebugLog.shared.install()
        let status: Int32
        do {
            try await Redactor.$current.withValue(Terminal.redactor) { try await perform() }
            status = ExitStatus.passed.rawValue
        } catch {
            status = report(error)
        }
        Foundation.exit(status)
    }

    private static func perform() async throws {
        if let guestSwitch = try GuestSwitchCommand(asked: CommandLine.arguments) { return try guestSwitch.run() }
        var command = try await asyncParseAsRoot(nil)
        if var asynchronous = command as? any AsyncParsableCommand {
            try await asynchronous.run()
        } else {
            try command.run()
        }
    }

    private static func report(_ error: any Error) -> Int32 {
        if let code = error as? ExitCode { return code.rawValue }
        guard let status = ExitStatus(of: error) else { return reportParsing(error) }
        // The text of a diagnostic begins with its severity.
        if error is UsageError { Terminal.error(Terminal.shown("\(error)")) } else { Terminal.problem("\(error)") }
        return status.rawValue
    }

    private static func reportParsing(_ error: any Error) -> Int32 {
        if error is CocoaError {
            Terminal.problem(FileProblem.description(of: error))
            return ExitStatus.usage.rawValue
        }
        let message = help(fullMessage(for: error))
        guard exitCode(for: error) == .success else {
            let advice = CommandLineAdvice(arguments: Array(CommandLine.arguments.dropFirst())).problem
            Terminal.error(Terminal.shown(advice.map { "\($0)" } ?? message))
            return ExitStatus.usage.rawValue
        }
        Terminal.output(message)
        return ExitStatus.passed.rawValue
    }
}

extension MatrixCommand {
    /// The parser's text with the names of the groups of commands as they are.
    static func help(_ text: String) -> String { text.replacing(" SUBCOMMANDS:\n", with: ":\n") }
}

extension ExitCode {
    /// A command throws it to end with a status without an error message.
    init(_ status: ExitStatus) { self.init(status.rawValue) }
}
