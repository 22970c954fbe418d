public import ArgumentParser
import Foundation
import MatrixCore

/// The root of the command line.
public struct MatrixCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "matrix",
        abstract: "Runs tests over OS × platform: creates hosts, provisions them, deploys, verifies, reports, and takes everything down.",
        version: Version.full,
        groupedSubcommands: [
            CommandGroup(name: "Matrices", subcommands: [RunCommand.self, PlanCommand.self, ValidateCommand.self, SchemaCommand.self, ExportCommand.self]),
            CommandGroup(
                name: "One cell by hand",
                subcommands: [CreateCommand.self, ProvisionCommand.self, DeployCommand.self, VerifyCommand.self, DestroyCommand.self]),
            CommandGroup(name: "What is left", subcommands: [StatusCommand.self, ResumeCommand.self, ReapCommand.self]),
            CommandGroup(name: "Hosts", subcommands: [SSHCommand.self, InventoryCommand.self, StopCommand.self, StartCommand.self, PoolCommand.self]),
            CommandGroup(name: "Checks", subcommands: [CheckCommand.self, ChecksCommand.self]),
            CommandGroup(name: "Templates", subcommands: [TemplateCommand.self]),
            CommandGroup(name: "This machine", subcommands: [DoctorCommand.self, InitCommand.self]),
            CommandGroup(name: "Reports", subcommands: [ReportCommand.self, HistoryCommand.self]),
        ])

    public init() {}

    /// Parses the process's arguments, runs the command and exits with its status as cli.md lists them.
    public static func launch() async -> Never {
        let status: Int32
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            status = 0
        } catch {
            status = report(error)
        }
        Foundation.exit(status)
    }

    private static func report(_ error: any Error) -> Int32 {
        switch error {
        case let code as ExitCode: return code.rawValue
        case let error as UsageError:
            for diagnostic in error.diagnostics { Terminal.error(Terminal.shown(diagnostic.description)) }
            return 2
        case let error as InfrastructureError:
            Terminal.problem("\(error)")
            return 3
        case let error as LeakError:
            Terminal.problem("\(error)")
            return 4
        default: return reportParsing(error)
        }
    }

    private static func reportParsing(_ error: any Error) -> Int32 {
        let message = fullMessage(for: error)
        guard exitCode(for: error) == .success else {
            Terminal.error(Terminal.shown(message))
            return 2
        }
        Terminal.output(message)
        return 0
    }
}
