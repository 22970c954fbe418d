import ArgumentParser
import Foundation
import MatrixCore
import MatrixTesting
import UnixSignals

/// Starts a lab for rehearsals, for people and scripts: `eval "$(…)"` of its output points `matrix` at the lab.
@main struct LabCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "matrix-lab",
        abstract: "A lab on this machine: a fake Proxmox VE, a fake Linode, hosts, and stand-ins for K3s and for packages.",
        discussion: """
            Prints the environment that points matrix at the lab, then runs until SIGINT, SIGTERM or the end of the process that started \
            it. With a command, it runs the command in this environment and exits with its status. It removes everything at the end. The \
            exit status is 1 if a machine was left in the lab, or if a request broke Linode's description. It needs root.
            """)

    @Option(help: ArgumentHelp("Only this part: proxmox, linode, farm, packages or installers (repeatable).", valueName: "part")) var only:
        [LabPart] = []
    @Option(help: ArgumentHelp("The number of the farm's hosts, for each system or for one (repeatable).", valueName: "[system:]number"))
    var hosts: [String] = []
    @Option(help: "How long the fakes' machines take, as a fraction of the real times.") var timeScale = 0.05
    @Option(help: "The state folder that caches images and packages.") var state = ".matrix"
    @Option(help: ArgumentHelp("A package that is missing in a system's repositories (repeatable).", valueName: "system:package"))
    var hide: [String] = []
    @Option(help: ArgumentHelp("A system whose Proxmox template contains another system (repeatable).", valueName: "system:actual"))
    var wrong: [String] = []
    @Option(help: ArgumentHelp("How the stand-ins for installers fail on a system (repeatable).", valueName: "system:word"))
    var fail: [String] = []
    @Argument(parsing: .captureForPassthrough, help: "A command to run in the lab.") var command: [String] = []

    func validate() throws {
        // The parser leaves all that follows the first word that it does not know to the command.
        if let first = command.first, first.hasPrefix("-") {
            if ["--help", "-h"].contains(first) { throw CleanExit.helpRequest(Self.self) }
            throw ValidationError("there is no option \(first); a command to run in the lab comes after the options")
        }
        guard timeScale > 0 else { throw ValidationError("--time-scale must be more than 0") }
        guard geteuid() == 0 else {
            throw ValidationError(
                "matrix-lab needs root to reach containers by their addresses: sudo \(CommandLine.arguments.joined(separator: " "))")
        }
        _ = try settings()
    }

    mutating func run() async throws {
        let watch = await LabWatch()
        let lab: Lab
        do { lab = try await Lab.open(try settings()) } catch { throw Self.failure(error) }
        let status: Int32
        do {
            status = try await use(lab, until: watch)
        } catch {
            try? await lab.close()
            throw Self.failure(error)
        }
        let complaints = try await lab.complaints()
        try await lab.close()
        for complaint in complaints { Self.say(complaint, to: .standardError) }
        if status != 0 || !complaints.isEmpty { throw ExitCode(status == 0 ? 1 : status) }
    }

    private func use(_ lab: Lab, until watch: LabWatch) async throws -> Int32 {
        guard !command.isEmpty else {
            Self.say(LabNotice(lab).text, to: .standardOutput)
            await watch.end()
            return 0
        }
        Self.say(LabNotice(lab).comments, to: .standardError)
        guard watch.reason == nil else { return 143 }
        return try await LabChild(command, environment: lab.variables).status(until: watch)
    }

    private func settings() throws -> LabSettings {
        var settings = LabSettings(state: URL(fileURLWithPath: state).path)
        if !only.isEmpty { settings.parts = Set(only) }
        for words in hosts { try Self.count(words, into: &settings.hosts) }
        settings.timeScale = timeScale
        settings.faults = try faults()
        return settings
    }

    private func faults() throws -> [LabFault] {
        try hide.map { .missing(package: try Self.pair($0).1, system: try Self.pair($0).0) }
            + wrong.map { .wrongTemplate(system: try Self.pair($0).0, actual: try Self.pair($0, of: LabSettings.systems).1) }
            + fail.map { .installer(word: try Self.pair($0, of: LabSettings.words).1, system: try Self.pair($0).0) }
    }

    private static func count(_ text: String, into hosts: inout [String: Int]) throws {
        let (systems, number) = text.contains(":") ? ([try pair(text).0], try pair(text).1) : (LabSettings.systems, text)
        guard let count = Int(number), count >= 0 else { throw ValidationError("--hosts \(text): '\(number)' is not a number of hosts") }
        for system in systems { hosts[system] = count }
    }

    /// - Parameter second: the values allowed after the colon; nil: any.
    private static func pair(_ text: String, of second: [String]? = nil) throws -> (String, String) {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        guard parts.count == 2, LabSettings.systems.contains(parts[0]) else {
            throw ValidationError(
                "'\(text)' does not start with a system of the lab and a colon: \(LabSettings.systems.joined(separator: ", "))")
        }
        if let second, !second.contains(parts[1]) {
            throw ValidationError("'\(text)' does not end with one of these: \(second.joined(separator: ", "))")
        }
        return (parts[0], parts[1])
    }

    private static func failure(_ error: any Error) -> any Error {
        say("matrix-lab: \(error)", to: .standardError)
        return ExitCode(3)
    }

    /// Written at once: the reader waits on a pipe.
    private static func say(_ text: String, to file: FileHandle) { file.write(Data("\(text)\n".utf8)) }
}

extension LabPart: ExpressibleByArgument {}
