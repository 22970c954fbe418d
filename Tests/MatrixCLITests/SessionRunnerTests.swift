import Foundation
import MatrixCore
import MatrixEngine
import MatrixLedger
import MatrixReports
import MatrixTesting
import Testing

@testable import MatrixCLI

/// Every report says the status that the process ends with, also if not all of them, or not the ledger, can be written.
@Suite struct SessionRunnerTests {
    /// A run of one cell whose deploy step makes a folder in the report's folder.
    private struct Scripted: Session {
        let plan: Plan
        let parts: EngineDependencies
        let options: RunOptions
        let events = EventRecorder()
        let ledger = MemoryLedger()
        var isNewest: Bool { true }
        var problem: InfrastructureError?

        /// - Parameter obstacle: the folder's name.
        init(in folder: TemporaryFolder, obstacle: String?) throws {
            let reports = "\(folder.path)/run"
            try FileManager.default.createDirectory(atPath: reports, withIntermediateDirectories: true)
            let place = SourceLocation(file: "m.yml", line: 1, column: 1)
            let step = StepPlan(name: "block", kind: "scripted", options: Document(.null, at: place))
            let os = OperatingSystem(name: "debian12", family: "debian", packageManager: .apt, release: .init(id: "debian", version: "12"))
            let cell = CellPlan(
                name: "debian12-scripted", point: [AxisValue(axis: "os", value: "debian12")], os: os, platform: "scripted",
                hosts: [HostPlan(name: "debian12-scripted")], timeouts: Timeouts(), retries: [.create: 0, .provision: 0],
                deploy: [step])
            plan = Plan(name: "m", file: "m.yml", project: folder.path, axes: [Axis(name: "os", values: ["debian12"])], cells: [cell])
            let deployer = ScriptedDeployer { step, _ in
                if let obstacle {
                    try FileManager.default.createDirectory(atPath: "\(reports)/\(obstacle)/x", withIntermediateDirectories: true)
                }
                return [ScriptedDeployer.result(step, .passed)]
            }
            parts = EngineDependencies(
                platforms: ["scripted": ScriptedPlatform()], ledger: ledger, connector: ScriptedConnector(),
                provisioner: ScriptedProvisioner(),
                deployers: [deployer], checker: ScriptedChecker { _, _ in .passed }, inventory: ScriptedInventory(), events: events,
                redactor: Redactor())
            options = RunOptions(run: RunID("261123-050122-test"), reports: reports, directory: "\(folder.path)/state")
        }

        func surround<R>(_ progress: ProgressDisplay, _ work: () async throws -> R) async throws -> R { try await work() }

        func completed(_ result: RunResult) async -> RunResult { result }

        func abandon(_ status: MatrixCore.ExitStatus, mayHaveLeft: Bool) async -> MatrixCore.ExitStatus { status }

        func close(_ result: RunResult) async throws {
            if let problem { throw problem }
            try await ledger.end(result.run, exitStatus: result.exitStatus)
        }
    }

    private static let names = ["results.json", "junit.xml", "index.html", "summary.md", "ctrf.json"]

    private func execute(_ session: Scripted) async throws -> (RunResult, WrittenReports) {
        try await session.ledger.begin(
            RunRecord(
                run: session.options.run, matrix: "m", file: "/m.yml", started: .now, owner: .current(), platforms: [:],
                reports: session.options.reports))
        return await SessionRunner(session: session, progress: ProgressDisplay(.plain, isVerbose: false), format: .plain).execute()
    }

    /// Status 3 in every document that is there, in the last event, and in the last lines.
    private func expectFailure(_ folder: TemporaryFolder, _ session: Scripted, _ result: RunResult, without missing: String?, says: String)
        throws
    {
        #expect(result.exitStatus == .infrastructure)
        #expect(result.cells.map(\.outcome) == [.passed], "the verdicts stand")
        for name in Self.names where name != missing {
            let text = try folder.text("run/\(name)")
            #expect(text.contains(says), "\(name) does not say what failed")
        }
        if missing != "results.json" { #expect(try ResultsFile.read(session.options.reports).exitStatus == .infrastructure) }
        if missing != "ctrf.json" { #expect(try folder.text("run/ctrf.json").contains("\"exitStatus\":3")) }
        if missing != "junit.xml" { #expect(try folder.text("run/junit.xml").contains("<error ")) }
        if missing != "index.html" { #expect(try folder.text("run/index.html").contains("exit status 3")) }
        guard case .runFinished(let status, _) = session.events.events.last?.kind else { return }
        #expect(status == .infrastructure)
    }

    @Test(arguments: names) func everyReportSaysTheStatusIfOneCannotBeWritten(name: String) async throws {
        let folder = try TemporaryFolder()
        let session = try Scripted(in: folder, obstacle: name)
        let (result, written) = try await execute(session)
        try expectFailure(folder, session, result, without: name, says: "could not be written")
        #expect(result.warnings.map(\.message).count { $0.hasPrefix("\(name) could not be written: ") } == 1)
        #expect(written.names == Self.names.filter { $0 != name })
        #expect(try await session.ledger.run(session.options.run)?.exitStatus == .infrastructure)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: "\(folder.path)/latest") == "run")
        let last = RunSummary(result: result, reports: written, coloured: false).text
        let first = name == "index.html" ? "results.json" : "index.html"
        let lines = "exit status 3: an infrastructure problem prevented a verdict\nreports: \(folder.path)/run/\(first)\n"
        #expect(last.contains("\(lines)error: \(name) could not be written: "))
    }

    @Test func everyReportSaysTheStatusIfTheLedgerCannotBeWritten() async throws {
        let folder = try TemporaryFolder()
        var session = try Scripted(in: folder, obstacle: nil)
        session.problem = InfrastructureError("the ledger", why: "disk full")
        let (result, written) = try await execute(session)
        try expectFailure(folder, session, result, without: nil, says: "the ledger could not be written at the end")
        #expect(written.names == Self.names)
    }

    @Test func aRunThatIsWrittenAsAWholeKeepsItsStatus() async throws {
        let folder = try TemporaryFolder()
        let session = try Scripted(in: folder, obstacle: nil)
        let (result, written) = try await execute(session)
        #expect(result.exitStatus == .passed && result.warnings.isEmpty && written.names == Self.names)
        #expect(try ResultsFile.read(session.options.reports).exitStatus == .passed)
    }

    @Test func withoutAnyReportTheLastLinesNameNone() async throws {
        let folder = try TemporaryFolder()
        let session = try Scripted(in: folder, obstacle: nil)
        var result = RunResult(run: session.options.run, matrix: "m", file: "m.yml", started: .now, finished: .now, axes: [], cells: [])
        let written = ReportWriter().write(&result, into: "\(folder.path)/nowhere")
        written.pointLatest()
        #expect(result.exitStatus == .infrastructure && written.names.isEmpty && written.first == nil)
        #expect(
            RunSummary(result: result, reports: written, coloured: false).text.contains(
                "exit status 3: an infrastructure problem prevented a verdict\nreports: none\nerror: results.json")
        )
        #expect(try !folder.names.contains("latest"))
    }

    /// What stands in the report's folder before the run begins, and if its process dies.
    @Test func aReportStandsFromTheStartAndIsNotGreen() async throws {
        let folder = try TemporaryFolder()
        let session = try Scripted(in: folder, obstacle: nil)
        let soFar = RunSoFar(session.plan, parts: session.parts, options: session.options)
        let first = ReportDrafts(run: soFar, folder: session.options.reports).begin()
        #expect(first.names == Self.names && first.pointLatest() == nil)
        let draft = try ResultsFile.read("\(folder.path)/latest")
        #expect(draft.unfinished == true && draft.exitStatus == .infrastructure && draft.cells.map(\.outcome) == [.error])
        let junit = try folder.text("latest/junit.xml")
        #expect(junit.contains(#"type="matrix.unfinished""#) && junit.contains("not finished"))
        #expect(try folder.text("latest/index.html").contains("Not finished"))
        let (result, _) = try await execute(session)
        #expect(result.exitStatus == .passed)
        #expect(try ResultsFile.read("\(folder.path)/latest").unfinished == nil)
        #expect(try !folder.text("latest/junit.xml").contains("<error "))
    }

    @Test func aFolderInPlaceOfTheLinkIsSaid() async throws {
        let folder = try TemporaryFolder()
        try folder.put("latest/results.json", "old")
        let session = try Scripted(in: folder, obstacle: nil)
        let (result, _) = try await execute(session)
        #expect(result.exitStatus == .passed)
        let warning = try #require(result.warnings.last)
        #expect(warning.severity == .warning && warning.message.contains("mv \(folder.path)/latest \(folder.path)/latest-old"))
        #expect(try folder.names.filter { $0.hasPrefix(".latest") }.isEmpty)
        #expect(try folder.text("latest/results.json") == "old")
    }
}
