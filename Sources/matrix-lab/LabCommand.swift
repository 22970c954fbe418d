import ArgumentParser
import Foundation
import MatrixCore
import MatrixTesting
import UnixSignals

/// Starts a lab to rehearse in, for people and scripts: `eval "$(…)"` of what it prints points `matrix` at it.
@main struct LabCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "matrix-lab", abstract: "A lab on this machine: a fake Proxmox VE, a fake Linode, hosts, and stand-ins for K3s and for packages.",
        discussion: """
            Prints the environment that points matrix at it, then stays until SIGINT, SIGTERM or the end of whoever started it. With a \
            command it runs that in this environment, and ends with its status. Nothing of it is left afterwards. It ends with status 1 \
            where a machine was left in it, or a request broke Linode's description. It needs root.
            """)

    @Option(help: ArgumentHelp("Only this part: proxmox, linode, farm, packages or installers (repeatable).", valueName: "part")) var only: [LabPart] = []
    @Option(help: ArgumentHelp("How many hosts the farm has of each system, or of one (repeatable).", valueName: "[system:]number")) var hosts: [String] = []
    @Option(help: "How long the fakes' machines take, as part of what real ones take.") var timeScale = 0.05
    @Option(help: "The state folder by which images and packages are cached.") var state = ".matrix"
    @Option(help: ArgumentHelp("A package that the repositories do not have for a system (repeatable).", valueName: "system:package")) var hide: [String] = []
    @Option(help: ArgumentHelp("A system whose template on Proxmox is of another (repeatable).", valueName: "system:actual")) var wrong: [String] = []
    @Option(help: ArgumentHelp("How stand-ins of installers go wrong on a system (repeatable).", valueName: "system:word")) var fail: [String] = []
    @Argument(parsing: .captureForPassthrough, help: "A command to run in it.") var command: [String] = []

    func validate() throws {
        guard timeScale > 0 else { throw ValidationError("--time-scale must be more than nothing") }
        guard geteuid() == 0 else { throw ValidationError("only root reaches containers by their addresses: sudo \(CommandLine.arguments.joined(separator: " "))") }
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
        guard let count = Int(number), count >= 0 else { throw ValidationError("--hosts \(text): '\(number)' is no number of hosts") }
        for system in systems { hosts[system] = count }
    }

    /// - Parameter second: what may stand behind the colon; anything where it is nil.
    private static func pair(_ text: String, of second: [String]? = nil) throws -> (String, String) {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        guard parts.count == 2, LabSettings.systems.contains(parts[0]) else {
            throw ValidationError("'\(text)' does not begin with a system of the lab and a colon: \(LabSettings.systems.joined(separator: ", "))")
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

    /// At once, as who waits for it reads a pipe.
    private static func say(_ text: String, to file: FileHandle) { file.write(Data("\(text)\n".utf8)) }
}

extension LabPart: ExpressibleByArgument {}
