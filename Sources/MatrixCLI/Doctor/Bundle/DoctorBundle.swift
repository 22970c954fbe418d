import Foundation
import MatrixCore
import MatrixEngine
import MatrixRemote
import MatrixReports
import MatrixWeb

/// What a maintainer needs to understand a problem on a machine that they cannot reach: `matrix doctor FILE --bundle`.
struct DoctorBundle {
    let plan: Plan
    let state: String
    let runner: LocalTransport
    private let folder: BundleFolder
    /// Takes the requests of the checks; the log of this process goes into the same folder.
    let exchanges: ExchangeLog

    init(_ plan: Plan, state: String, runner: LocalTransport) throws {
        self.plan = plan
        self.state = state
        self.runner = runner
        folder = try BundleFolder(redactor: Terminal.redactor)
        exchanges = ExchangeLog(in: folder.path, redactor: Terminal.redactor)
        DebugLog.shared.open(in: folder.path, redactor: Terminal.redactor)
    }

    /// Adds everything else, packs it, and says what is in it.
    ///
    /// - Returns: the text for the user.
    func finish(_ findings: [Finding], to archive: String) async throws -> String {
        try folder.add(Finding.json(findings), as: "findings.json", "what doctor found")
        try await addPlan()
        try addSettings()
        try folder.add(await HostReport(runner: runner, ansible: runner.ansible).text(), as: "host.txt", "this machine, and versions")
        try await addLeases()
        try addNewestRun()
        DebugLog.shared.close()
        folder.name(DebugLog.fileName, "each request and program of this check, with its time and status")
        folder.name(ExchangeLog.fileName, "each request to a platform's API, with its answer")
        let contents = folder.contents
        try folder.add("\(Self.introduction)\n\n\(contents)\n", as: "README.txt", "this list")
        try await folder.pack(to: archive, using: runner)
        let shown = ShellQuoting.quote(archive)
        return "\(contents)\n\n\(Self.introduction)\nLook before you send it: tar -xOzf \(shown) | less\n\(archive) was written"
    }

    private static let introduction = """
        Secrets that matrix knows, and fields that hold credentials, keys or data about an account's owner, are replaced by \
        \(Redactor.mark). Names of hosts, users and storages, addresses, and the texts of your matrix files are in it.
        """

    private func addPlan() async throws {
        try folder.add("\(Version.full)\n", as: "version.txt", "the version of matrix")
        do {
            let folder = try StateFolder(state)
            let platforms = try await PlatformMaker(state: folder, runner: runner).make(plan, access: nil)
            let estimate = await CostEstimate.of(plan, platforms: platforms)
            let preview = await PlanPreview(plan, platforms: platforms, ledger: folder.ledger).findings(estimate: estimate)
            let text = try PlanCommand.json(plan, preview, estimate)
            try self.folder.add(text, as: "plan.json", "what matrix plan shows")
        } catch {
            try folder.add("\(error)\n", as: "plan.txt", "why there is no plan")
        }
        let cells = plan.cells.map { BundledCell(name: $0.name, os: $0.os, platform: $0.platform, hosts: $0.hosts) }
        try folder.add(JSON.text(cells) + "\n", as: BundledCell.fileName, "the cells, for a replay")
    }

    /// The settings as they are used, and the files that they come from.
    private func addSettings() throws {
        let records = PlatformMaker.records(of: plan).mapValues { Value(json: $0) ?? .null }
        try folder.add(Value.map(records).json + "\n", as: "platforms.json", "the platforms' settings; secrets as their sources")
        let matrix = Paths.absolute(plan.file)
        let used = Set(plan.platforms.values.map { Paths.absolute($0.options.location.file) }).subtracting([matrix])
        let files = [matrix] + used.sorted()
        var names: Set<String> = []
        for (number, file) in files.enumerated() {
            guard let data = FileManager.default.contents(atPath: file) else { continue }
            let text = String(decoding: data, as: UTF8.self)
            try folder.add(text, as: "files/\(number + 1)-\(URL(fileURLWithPath: file).lastPathComponent)", file)
            names.formUnion(text.matches(of: /(?:\$\{env\.|\benv: *)([A-Za-z_][A-Za-z0-9_]*)/).map { String($0.output.1) })
        }
        let environment = ProcessInfo.processInfo.environment
        let lines = names.sorted().map { "\($0): \(environment[$0].map { $0.isEmpty ? "empty" : "set" } ?? "not set")" }
        try folder.add(lines.joined(separator: "\n") + "\n", as: "environment.txt", "which variables that the files name are set")
    }

    private func addLeases() async throws {
        guard FileManager.default.fileExists(atPath: "\(state)/state.db"), let leases = try? await StateFolder(state).ledger.open() else {
            return
        }
        let lines = leases.map { lease in
            let resource = lease.resource
            return "\(lease.state.rawValue) \(resource.kind) \(resource.name) id=\(resource.id) platform=\(resource.platform) "
                + "cell=\(resource.cell) run=\(resource.run)"
        }
        try folder.add((lines + [""]).joined(separator: "\n"), as: "leases.txt", "what runs have created and not yet destroyed")
    }

    /// The files of the newest report of this matrix.
    private func addNewestRun() throws {
        let own = Paths.absolute(plan.file)
        let reports = ReportsFolder.results(in: ReportsFolder(nil, project: plan.project).root).reversed()
        let newest = reports.first { (try? ResultsFile.read($0)).map { Paths.absolute($0.file) == own } ?? false }
        guard let newest else { return }
        try folder.add(file: "\(newest)/results.json", as: "run/results.json", "the newest run of this matrix")
        try folder.add(file: "\(newest)/\(DebugLog.fileName)", as: "run/\(DebugLog.fileName)", "its log")
        try folder.add(
            file: "\(newest)/\(ExchangeLog.fileName)", as: "run/\(ExchangeLog.fileName)", "its requests to APIs, with their answers")
    }
}
