import MatrixCore
import MatrixLedger
import MatrixReports

/// The page of one report as `matrix ui` serves it: made anew as the run goes on, once for all who look, and only while somebody does.
actor LiveReport {
    /// What a viewer's connection gets.
    typealias Changes = AsyncStream<[UInt8]>

    private let path: String
    private let state: String
    private let renderer: PageRenderer
    private var tail: EventTail
    private var run: LiveRun?
    private var result: RunResult?
    /// Size and time of `results.json` when it was read.
    private var stamp = ""
    private var expected: [String: Double]?
    private var page: [UInt8] = []
    private var made: ContinuousClock.Instant?
    /// The pause after the page was made: a twentieth of a processor at most.
    private var pause = Duration.seconds(1)
    /// Size and time of the events when they were read.
    private var seen = ""
    private var viewers: [Int: Changes.Continuation] = [:]
    private var count = 0
    private var watch: Task<Void, Never>?

    /// - Parameters:
    ///   - path: the folder of the report.
    ///   - state: the state folder, which says whether the run's process lives; it may not exist.
    init(_ path: String, state: String, renderer: PageRenderer) {
        self.path = path
        self.state = state
        self.renderer = renderer
        tail = EventTail(of: path, skipsOutput: true)
    }

    /// The page as it is now.
    func currentPage() async -> [UInt8] {
        await refresh()
        return page
    }

    /// The page of one cell as it is now.
    func cellPage(_ name: String) async -> [UInt8]? {
        await refresh()
        return now().flatMap { renderer.cellPage(name, of: $0.result, in: path, activity: $0.activity) }.map { Array($0.utf8) }
    }

    /// Whether the run has ended, or its process has died.
    var hasEnded: Bool {
        get async {
            await refresh()
            return result?.unfinished != true
        }
    }

    /// Server-sent events: one whenever the page has changed.
    func changes() -> Changes {
        let (stream, viewer) = Changes.makeStream(bufferingPolicy: .bufferingNewest(1))
        count += 1
        let number = count
        viewers[number] = viewer
        viewer.onTermination = { [weak self] _ in Task { await self?.leave(number) } }
        viewer.yield(message)
        if watch == nil { watch = Task { await look() } }
        return stream
    }

    private func leave(_ viewer: Int) {
        viewers[viewer] = nil
        guard viewers.isEmpty else { return }
        watch?.cancel()
        watch = nil
    }

    /// Looks for what is new as long as somebody wants to know it.
    private func look() async {
        var silent = 0
        while !Task.isCancelled {
            try? await Task.sleep(for: pause)
            if await refresh() {
                silent = 0
                for viewer in viewers.values { viewer.yield(message) }
            } else {
                silent += 1
                // A connection without a byte for long looks dead, and a client that has gone is only seen when it is written to.
                if silent.isMultiple(of: 15) { for viewer in viewers.values { viewer.yield(Array(": \n\n".utf8)) } }
            }
        }
    }

    private var message: [UInt8] {
        let words = run == nil ? "the run has ended" : "live · \(Timestamp.wall.description.dropFirst(11).prefix(8)) UTC"
        return Array("retry: 1000\nevent: changed\ndata: \(words)\n\n".utf8)
    }

    /// Makes the page anew if something has changed and its pause is over.
    ///
    /// - Returns: whether it was made anew.
    @discardableResult
    private func refresh() async -> Bool {
        if let made, ContinuousClock.now - made < pause { return false }
        let (stamp, grown) = (FileStamp.of("\(path)/results.json"), FileStamp.of("\(path)/events.ndjson"))
        // Times go on even if nothing happens.
        let isMoving = run != nil && made.map { ContinuousClock.now - $0 > .seconds(10) } ?? true
        guard stamp != self.stamp || grown != seen || isMoving || page.isEmpty else { return false }
        let start = ContinuousClock.now
        seen = grown
        if stamp != self.stamp { read(stamp) }
        if run != nil { for event in tail.next() { run?.apply(event) } }
        if expected == nil { expected = await expectedTimes() }
        let now = now()
        page = now.flatMap { renderer.page(of: $0.result, in: path, activity: $0.activity) }.map { Array($0.utf8) } ?? []
        made = .now
        pause = max(.seconds(1), (ContinuousClock.now - start) * 20)
        return true
    }

    /// Reads the report: the result of a run that has ended, or what it says until then.
    private func read(_ stamp: String) {
        guard let result = try? ResultsFile.read(path) else { return }
        self.stamp = stamp
        self.result = result
        guard result.unfinished == true else {
            run = nil
            return
        }
        if run == nil {
            // A run that goes on again is read from its beginning.
            tail = EventTail(of: path, skipsOutput: true)
            run = LiveRun(result)
        } else {
            run?.renew(result)
        }
    }

    /// The run as it is now. A run whose process has died is what its report says.
    private func now() -> (result: RunResult, activity: RunActivity?)? {
        guard let result else { return nil }
        guard let run, RunFile(in: "\(state)/runs/\(result.run)")?.owner.isAlive != false else { return (result, nil) }
        var (shown, activity) = run.result(at: .now)
        let expected = expected ?? [:]
        let (going, waiting) = (activity.cells.filter { $0.value.started != nil }, activity.cells.filter { $0.value.started == nil })
        activity.remaining = RemainingTime.seconds(
            running: going.map { name, cell in (activity.now.seconds(since: cell.started ?? activity.now), expected[name]) },
            waiting: waiting.keys.map { expected[$0] })
        shown.unfinished = true
        return (shown, activity)
    }

    private func expectedTimes() async -> [String: Double] {
        guard let result, let folder = try? StateFolder.existing(state) else { return [:] }
        let times = try? await folder.ledger.expectedDurations(matrix: result.matrix, cells: result.cells.map(\.name))
        return (times ?? [:]).mapValues { $0.values.reduce(0, +) }
    }
}
