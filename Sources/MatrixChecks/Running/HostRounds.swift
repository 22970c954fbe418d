import MatrixCore

/// Asks the checks of one point of view until each has its final verdict: those of the probe in rounds, requests beside them.
struct HostRounds: Sendable {
    /// How many requests to a host run at once.
    private static let requestWidth = 8

    /// A check with its place in the cell's list of cases.
    struct Item: Sendable {
        var index: Int
        var task: CheckTask
    }

    let vantage: Vantage
    let items: [Item]
    let forwards: PortForwards
    let evidence: EvidenceLevel
    let finished: @Sendable (CaseResult) -> Void
    private let clock = ContinuousClock()

    /// The cases of all items; fewer if the task was cancelled.
    func run() async -> [(Int, [CaseResult])] {
        let probed = items.compactMap { item in (item.task.check as? any ProbedCheck).map { Probed(item: item, check: $0) } }
        let requested = items.compactMap { item in (item.task.check as? any RequestedCheck).map { Requested(item: item, check: $0) } }
        let turns = AsyncSemaphore(Self.requestWidth)
        async let answers = ask(requested.filter { $0.writer == nil }, turns)
        async let found = writeAndAsk(requested.filter { $0.writer != nil }, turns)
        let verdicts = await self.probe(probed)
        return await verdicts + answers + found
    }
}

// MARK: - Requests

extension HostRounds {
    private struct Requested: Sendable {
        var item: Item
        var check: any RequestedCheck
        /// The result of the write before it.
        var written: Result<ProbeAnswer, Unanswered>?

        var writer: (any WritingCheck)? { check as? any WritingCheck }

        /// Whether the write succeeded.
        var isWritten: Bool {
            if case .success(let answer) = written { answer.end == .status(0) } else { false }
        }
    }

    private func ask(_ requests: [Requested], _ turns: AsyncSemaphore) async -> [(Int, [CaseResult])] {
        await mapConcurrently(requests, limit: max(1, requests.count)) { await self.ask($0, turns) }.compactMap(\.self)
    }

    /// All writes go in one round trip.
    private func writeAndAsk(_ requests: [Requested], _ turns: AsyncSemaphore) async -> [(Int, [CaseResult])] {
        guard let host = requests.first?.item.task.host else { return [] }
        let answers = await answers(to: requests.compactMap(\.writer?.write), from: .host(host))
        let written = zip(requests, answers).map { request, answer in Requested(item: request.item, check: request.check, written: answer) }
        return await ask(written, turns)
    }

    private func ask(_ request: Requested, _ turns: AsyncSemaphore) async -> (Int, [CaseResult])? {
        var request = request
        var progress = Progress(request.item.task, at: clock.now)
        while !Task.isCancelled {
            // Throws only if the wait for a turn was cancelled: nothing was asked.
            guard let (asked, result) = try? await turns.withPermit({ [request] in (clock.now, await answer(of: request)) }) else {
                return nil
            }
            if Task.isCancelled { return nil }
            if let record = progress.take(result, asked: asked, now: clock.now) {
                return await conclude([(request.item, record)]).first
            }
            try? await clock.sleep(until: progress.due)
            if let writer = request.writer, !request.isWritten, !Task.isCancelled {
                request.written = await answers(to: [writer.write], from: .host(request.item.task.host)).first
            }
        }
        return nil
    }

    private func answer(of request: Requested) async -> Result<Judgement, Unanswered> {
        do {
            let route = forwards.route(for: request.item.task.vantage)
            if let writer = request.writer, let written = request.written {
                return .success(try await writer.ask(over: route, written: written).settled())
            }
            return .success(try await request.check.ask(over: route).settled())
        } catch let unanswered as Unanswered {
            return .failure(unanswered)
        } catch {
            return .failure(Unanswered(transportError: error))
        }
    }
}

// MARK: - Probes

extension HostRounds {
    private struct Probed: Sendable {
        var item: Item
        var check: any ProbedCheck
    }

    /// Each turn of the loop asks everything that is due in one round trip.
    private func probe(_ checks: [Probed]) async -> [(Int, [CaseResult])] {
        var results: [(Int, [CaseResult])] = []
        var waiting = checks.map { (probed: $0, progress: Progress($0.item.task, at: clock.now)) }
        while let next = waiting.map(\.progress.due).min(), !Task.isCancelled {
            try? await clock.sleep(until: next)
            if Task.isCancelled { break }
            let asked = clock.now
            // A check that falls due within a moment joins in: that saves a round trip.
            let isDue = waiting.map { $0.progress.due <= asked + .milliseconds(100) }
            let due = zip(waiting, isDue).filter(\.1).map(\.0)
            let answers = await answers(to: due.map(\.probed.check.probe), from: vantage)
            if Task.isCancelled { break }
            waiting = zip(waiting, isDue).filter { !$0.1 }.map(\.0)
            var records: [(Item, CheckTask.Record)] = []
            for (index, entry) in due.enumerated() {
                var progress = entry.progress
                let result = judge(answers[index], entry.probed.check)
                guard let record = progress.take(result, asked: asked, now: clock.now, seconds: try? answers[index].get().seconds) else {
                    waiting.append((entry.probed, progress))
                    continue
                }
                records.append((entry.probed.item, record))
            }
            results += await conclude(records)
        }
        return results
    }

    private func judge(_ answer: Result<ProbeAnswer, Unanswered>, _ check: any ProbedCheck) -> Result<Judgement, Unanswered> {
        do {
            return .success(try check.judge(try answer.get()).settled())
        } catch {
            return .failure(error)
        }
    }

    /// One round trip; a second one for lost answers, for example if a check ended the shell that asked.
    private func answers(to probes: [Probe], from vantage: Vantage) async -> [Result<ProbeAnswer, Unanswered>] {
        let first = await roundTrip(probes, from: vantage)
        guard !first.lost.isEmpty, !Task.isCancelled else { return first.answers }
        var answers = first.answers
        let second = await roundTrip(first.lost.map { probes[$0] }, from: vantage)
        for (number, answer) in zip(first.lost, second.answers) { answers[number] = answer }
        return answers
    }

    private func roundTrip(
        _ probes: [Probe], from vantage: Vantage
    ) async -> (answers: [Result<ProbeAnswer, Unanswered>], lost: [Int]) {
        let script = ProbeScript(probes, account: vantage.account)
        do {
            let transcript = ProbeTranscript(try await vantage.transport.run(script.command), of: script)
            return (transcript.answers, transcript.lost)
        } catch {
            let unanswered = Unanswered(transportError: error)
            return (probes.map { _ in .failure(unanswered) }, [])
        }
    }
}

// MARK: - Both

extension HostRounds {
    /// The cases of checks that have their verdict. What their hosts show of those that failed is read first, while it is there.
    private func conclude(_ records: [(item: Item, record: CheckTask.Record)]) async -> [(Int, [CaseResult])] {
        var concluded = records.map { ($0.item.index, $0.item.task.results(of: $0.record)) }
        let failed = concluded.indices.filter { Self.problem(in: concluded[$0].1, of: records[$0].record) != nil }
        if evidence != .off, !failed.isEmpty, !Task.isCancelled {
            let byHost = Dictionary(grouping: failed) { records[$0].item.task.host.name }
            for indices in byHost.values {
                let tasks = indices.map { records[$0].item.task }
                let found = await EvidenceRound(host: tasks[0].host, level: evidence).collect(for: tasks)
                for (index, evidence) in zip(indices, found) where !evidence.isEmpty {
                    guard let problem = Self.problem(in: concluded[index].1, of: records[index].record) else { continue }
                    concluded[index].1[problem].evidence = evidence
                }
            }
        }
        for (_, cases) in concluded { cases.forEach(finished) }
        return concluded
    }

    /// Which case of a check that was answered has the problem: its own, or a test that a script reported.
    private static func problem(in cases: [CaseResult], of record: CheckTask.Record) -> Int? {
        guard case .success = record.result else { return nil }
        return cases.firstIndex(where: \.outcome.isProblem)
    }

    /// The state of a check between its tries.
    private struct Progress {
        private var polling: Polling
        /// When it was first asked: waiting for a turn does not count.
        private var began: ContinuousClock.Instant?
        private let started = Timestamp.now
        /// When it is to be asked next.
        private(set) var due: ContinuousClock.Instant

        init(_ task: CheckTask, at now: ContinuousClock.Instant) {
            polling = Polling(task.step.modifiers)
            due = now
        }

        /// The final record, or nil if it is to be asked again at ``due``.
        ///
        /// - Parameter seconds: how long the host took over a single try; nil for a round trip that is shared with others.
        mutating func take(
            _ result: Result<Judgement, Unanswered>, asked: ContinuousClock.Instant, now: ContinuousClock.Instant, seconds: Double? = nil
        ) -> CheckTask.Record? {
            let outcome: Polling.Outcome =
                switch result {
                case .success(let judgement): judgement.holds ? .held : .failed
                case .failure: .unanswered
                }
            let began = began ?? asked
            self.began = began
            let next = polling.take(outcome, asked: asked - began, now: now - began)
            var held: Duration?
            switch next {
            case .again(let later):
                due = began + later
                return nil
            case .unstable(let duration): held = duration
            case .done: break
            }
            let total = (now - began).inSeconds
            return CheckTask.Record(
                result: result, attempts: polling.attempts, held: held, started: started,
                seconds: polling.attempts == 1 ? min(seconds ?? total, total) : total)
        }
    }
}
