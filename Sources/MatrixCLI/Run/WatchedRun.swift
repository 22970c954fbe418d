import Foundation
import MatrixCore
import MatrixEngine
import MatrixFile

/// `matrix run --watch`: a run whose cells stay up; after each save, deploy and verify on the same hosts; in the end they are destroyed.
struct WatchedRun {
    let file: String
    let work: RunWork
    /// More files and folders to watch.
    let watched: [String]
    /// The deploy step to begin with; nil for the first.
    let from: String?

    /// Runs until a signal comes, and destroys the cells.
    ///
    /// - Returns: the status of the newest round; leaked if something may be left behind.
    func run(_ plan: Plan) async throws -> ExitStatus {
        var tree = try tree(plan)
        var snapshot = await tree.snapshot()
        var keeping = work
        keeping.arguments.keep = .always
        let first = try await keeping.run(plan)
        var status = first.result.exitStatus
        guard !status.isInterruption else { return status }
        let folder = try StateFolder(work.arguments.state.folder(project: plan.project))
        var deploys = 1
        while true {
            Terminal.error("watching \(Self.words(tree.roots)); a save deploys again, Ctrl-C destroys the cells")
            guard let change = await Self.change(of: tree, since: snapshot) else { break }
            snapshot = change.snapshot
            let saved = change.changed.map(FileStamp.time).max() ?? 0
            let began = Timestamp.wall.seconds
            Terminal.error("\nsaved: \(Self.words(change.changed))")
            do {
                let stage = StagedWork(
                    file: file, selection: work.arguments.selection, state: work.arguments.state, reports: work.arguments.reports,
                    progress: work.progress)
                let results = try await stage.again(from: from)
                deploys += 1
                status = .worst(of: results.map(\.exitStatus))
                if status.isInterruption { break }
                let since = saved > 0 && saved <= began ? saved : began
                let verdict = WatchVerdict(results: results, seconds: Timestamp.wall.seconds - since, deploys: deploys)
                Terminal.output(verdict.line(coloured: Terminal.hasColourOnOutput))
                tree = (try? self.tree(MatrixSource.load(file, work.arguments.selection))) ?? tree
            } catch let error as UsageError {
                // A file that is half written is corrected with the next save.
                Terminal.error(Terminal.shown("\(error)"))
                status = .usage
            }
        }
        return try await destroy(first.result.run, in: folder, after: status)
    }

    private func tree(_ plan: Plan) throws -> WatchedTree {
        let parts = try MatrixSource.loader(for: file).parts(of: file, selection: work.arguments.selection)
        for path in watched where !FileManager.default.fileExists(atPath: path) {
            throw UsageError("there is no file or folder \(path) to watch", hint: "paths are relative to the working folder")
        }
        let roots = (parts + watched.map(Paths.absolute)).unique
        let ignored = [
            work.arguments.state.folder(project: plan.project), ReportsFolder(work.arguments.reports, project: plan.project).root,
        ]
        return WatchedTree(roots: roots, ignored: ignored + ["\(plan.project)/.git"])
    }

    /// The next change; nil if a signal comes before.
    private static func change(of tree: WatchedTree, since old: WatchedTree.Snapshot) async -> (
        snapshot: WatchedTree.Snapshot, changed: [String]
    )? {
        let waiting = Task { try await tree.change(since: old) }
        let signals = SignalWatch { _ in
            waiting.cancel()
        } abandon: {
            $0
        }
        return try? await signals.watch { try await waiting.value }
    }

    private func destroy(_ run: RunID, in folder: StateFolder, after status: ExitStatus) async throws -> ExitStatus {
        Terminal.error("destroying the cells")
        let leases = try await folder.ledger.open().filter { $0.resource.run == run && $0.state == .kept }
        let outcomes = await Reaping(state: folder).reaper.remove(leases)
        for outcome in outcomes { Terminal.error(outcome.line) }
        return outcomes.contains { $0.problem != nil } ? .leaked : status
    }

    private static func words(_ paths: [String]) -> String {
        let here = FileManager.default.currentDirectoryPath
        let shown = paths.prefix(3).map { $0.hasPrefix("\(here)/") ? String($0.dropFirst(here.count + 1)) : $0 }
        return shown.joined(separator: ", ") + (paths.count > 3 ? " and \(paths.count - 3) more" : "")
    }
}

/// The line after a round on hosts that were used before.
struct WatchVerdict {
    let results: [RunResult]
    /// Since the save.
    let seconds: Double
    /// How many deploys the hosts have had, this one included.
    let deploys: Int

    /// The longest time that a cell's deploy, verify and finally: took; the rest is ours.
    private var work: Double {
        let phases: Set<Phase> = [.provision, .deploy, .verify, .finally]
        let fresh = results.flatMap(\.cells).map { cell in
            cell.phases.filter { phases.contains($0.phase) && $0.started >= cell.started }.reduce(0) {
                $0 + $1.finished.seconds(since: $1.started)
            }
        }
        return fresh.max() ?? 0
    }

    func line(coloured: Bool) -> String {
        let cells = results.flatMap(\.cells)
        let bad = cells.filter(\.outcome.isProblem)
        let count = "\(bad.isEmpty ? cells.count : bad.count) of \(cells.count) cell\(cells.count == 1 ? "" : "s")"
        let outcome: Outcome = bad.isEmpty ? .passed : bad.contains { $0.outcome == .failed } ? .failed : bad[0].outcome
        let verdict = "\(Mark.glyph(outcome)) \(count) \(bad.isEmpty ? "passed" : "did not pass")"
        let ours = Duration.bounded(seconds: max(0, seconds - work)).brief
        return Mark.paint(verdict, Mark.colour(outcome), coloured: coloured)
            + " \(Duration.bounded(seconds: seconds).brief) after the save (\(ours) of it ours); used host, deploy \(deploys)"
    }
}
