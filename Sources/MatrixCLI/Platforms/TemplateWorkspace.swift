import ArgumentParser
import Foundation
import MatrixCore
import MatrixDeployers
import MatrixFile
import MatrixPlatforms
import MatrixRemote
import Synchronization

/// What the template commands need: the systems from the catalogue and the server of a settings file.
struct TemplateWorkspace {
    let systems: [OperatingSystem]
    let templates: ProxmoxTemplates
    /// The folder with this command's key pair for clones that it boots; nil if it boots none.
    private let keys: String?

    /// - Parameter boots: whether clones are booted, for which a key pair is made.
    /// - Throws: `UsageError` if the settings cannot be used.
    static func open(_ options: TemplateOptions, boots: Bool = false) async throws -> TemplateWorkspace {
        let plan = try load(options)
        guard let settings = plan.platforms[options.platform] else {
            throw UsageError("\(options.file) has no platform \(options.platform)", hint: "name one that it has: --name NAME")
        }
        guard settings.driver == ProxmoxDriver.declaration.kind else {
            throw UsageError(
                "platform \(options.platform) is a \(settings.driver) platform, which has no templates",
                hint: "name a proxmox platform with --name")
        }
        let state = options.state.folder(of: options.file)
        let context = try await context(settings, state: state, boots: boots)
        let found = Dictionary(plan.cells.map { ($0.os.name, $0.os) }) { first, _ in first }
        return TemplateWorkspace(
            systems: options.names.compactMap { found[$0] },
            templates: try ProxmoxTemplates(settings: settings, node: options.node, in: context),
            keys: context.access?.directory)
    }

    /// Runs a command's work. A signal cancels it and waits until it has removed what it began; a second signal abandons that.
    ///
    /// - Throws: what the work throws; `ExitCode` 129, 130 or 143 after a signal.
    func run<R: Sendable>(_ work: @escaping @Sendable (TemplateWorkspace) async throws -> R) async throws -> R {
        defer { if let keys { try? FileManager.default.removeItem(atPath: keys) } }
        let task = Task { try await work(self) }
        let stopped = Mutex<ExitStatus?>(nil)
        let signals = SignalWatch { status in
            Terminal.error("stopping; removing what was begun")
            stopped.withLock { $0 = status }
            task.cancel()
        } abandon: { [keys] _ in
            Terminal.error(
                "abandoned: a machine may be left behind; the next matrix template build removes the machine of an unfinished build")
            if let keys { try? FileManager.default.removeItem(atPath: keys) }
            return .leaked
        }
        let outcome = await signals.watch { await task.result }
        if let status = stopped.withLock(\.self) { throw ExitCode(status) }
        return try outcome.get()
    }

    /// Reads the settings through a matrix with these systems on this platform.
    private static func load(_ options: TemplateOptions) throws -> Plan {
        let folder = try ProcessFolder.make()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = "\(folder)/templates.yml"
        let matrix: Value = [
            "version": 1, "name": "templates", "use": [.string(Paths.absolute(options.file))],
            "axes": ["os": .list(options.names.map { .string($0) }), "platform": [.string(options.platform)]],
        ]
        try NewFile.write(matrix.json, to: path, mode: 0o600)
        let drivers = PlatformCatalogue().declarations
        // Only the command line selects systems here, not the environment.
        let environment = ProcessInfo.processInfo.environment.filter { $0.key != "PROXMOX_DISTRO" }
        do {
            return try MatrixLoader(deployers: [], checks: [], drivers: drivers, environment: environment).load(
                path, selection: Selection(settings: options.changes))
        } catch let error as UsageError {
            // The file is generated: its problems come from the command line.
            throw UsageError(
                error.diagnostics.map {
                    Diagnostic($0.severity, at: $0.location?.file == path ? nil : $0.location, $0.message, hint: $0.hint)
                })
        }
    }

    private static func context(_ settings: PlatformSettings, state: String, boots: Bool) async throws -> PlatformContext {
        let folder = try StateFolder(state)
        let maker = PlatformMaker(state: folder)
        let run = RunID.make()
        let access = boots ? try await RunKeys.make(for: run, in: try folder.makeDirectory(of: run), using: LocalTransport()) : nil
        return try await maker.context(settings, access: access)
    }
}
