import ArgumentParser
import Foundation
import MatrixCore
import MatrixReports
import MatrixWeb

#if canImport(Glibc)
import Glibc
#endif

/// `matrix ui [RUN]`.
struct UICommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ui", abstract: "Serve the page of a run, which grows while it runs, and the index of all runs, on this machine.",
        discussion: """
            It prints a link that only you should have, and serves it until Ctrl-C. It only reads the reports: the run may have been \
            started anywhere on this machine, and goes on without it. After a restart an open page finds the server again.
            """
    ).showing([
        "the newest run": "matrix ui latest",
        "all runs": "matrix ui",
        "on a machine without a browser": "matrix ui --port 8765 --no-open",
    ])

    @Argument(
        help: ArgumentHelp("A run's id, latest, or a folder that holds results.json (default: all runs).", valueName: "run"),
        completion: Complete.reports)
    var named: String?

    @Option(help: ArgumentHelp("The port on 127.0.0.1 (default: that of the last time, or any).", valueName: "n"), transform: Self.port)
    var port: Int?

    @Flag(inversion: .prefixedNo, help: "Open the page, or do not (default: for a person at a desktop).")
    var open: Bool?

    @Option(help: ArgumentHelp("Where reports are (default: reports in the project).", valueName: "dir"), completion: Complete.folder)
    var reports: String?

    @OptionGroup var state: StateOptions

    @Flag(help: ArgumentHelp("Serve one run until it has ended: for matrix run --ui.", visibility: .hidden))
    var untilEnd = false

    private static func port(_ text: String) throws -> Int {
        guard let port = Int(text), (1...65535).contains(port) else {
            throw ValidationError("--port needs a number from 1 to 65535, not '\(text)'")
        }
        return port
    }

    func run() async throws {
        let state = self.state.folder()
        let (folder, name) = try place()
        let known = PageAddress(in: state)
        let server = try await listen(known)
        let door = PageDoor(token: known?.token ?? PageDoor.newToken(), port: server.port)
        let pages = try PageServer(folder, state: state)
        let isRemembered = FileManager.default.fileExists(atPath: state)
        let address = PageAddress(port: server.port, token: door.token)
        if isRemembered, known == nil || port != nil { try address.write(in: state) }
        let link = door.address + (name.map { "\($0)/\(HTMLReporter.name)" } ?? "")
        Terminal.output(link)
        if try PageOpening(open).isWanted(atStart: isRemembered) { await Self.show(link, in: state) }
        let serving = Task {
            await server.serve { request in
                guard let path = door.path(of: request) else { return PageServer.refused }
                return await pages.answer(path)
            }
        }
        if untilEnd, let name, let report = await pages.report(name) {
            await Self.awaitEnd(of: report)
            serving.cancel()
        }
        await serving.value
    }

    /// The folder of reports, and the name of the one that is meant.
    private func place() throws -> (folder: ReportsFolder, name: String?) {
        let folder = ReportsFolder.here(reports)
        guard let named else { return (folder, nil) }
        let path = URL(fileURLWithPath: try folder.find(named)).resolvingSymlinksInPath()
        let root = ReportsFolder(path.deletingLastPathComponent().path, project: "")
        guard ReportEntry(name: path.lastPathComponent, in: root.root) != nil else {
            throw UsageError("\(path.path) is not named as a run's report", hint: "open its index.html yourself, or name a run's id")
        }
        return (root, path.lastPathComponent)
    }

    private func listen(_ known: PageAddress?) async throws -> LoopbackServer {
        if let port {
            do { return try await LoopbackServer(port: port) } catch {
                throw UsageError(
                    "port \(port) of 127.0.0.1 cannot be used: \(error)", hint: "choose another one with --port, or leave it out")
            }
        }
        if let known, let server = try? await LoopbackServer(port: known.port) { return server }
        return try await LoopbackServer(port: 0)
    }

    /// Opens the link by a file that only this account reads: every account of the machine sees the words of a process.
    private static func show(_ link: String, in state: String) async {
        do {
            let page = "\(state)/ui.html"
            try NewFile.write("<!doctype html><meta http-equiv=\"refresh\" content=\"0; url=\(link)\">\n", to: page, mode: 0o600)
            try await Browser.open(page)
        } catch {
            Terminal.error("warning: \(error)")
        }
    }

    /// Waits until the run has ended, and until those who look have its last page. If the process that started this one is gone, so is
    /// the run.
    private static func awaitEnd(of report: LiveReport) async {
        let parent = getppid()
        while getppid() == parent, await !report.hasEnded { try? await Task.sleep(for: .milliseconds(500)) }
        try? await Task.sleep(for: .seconds(3))
    }
}
