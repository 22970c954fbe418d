import MatrixCore

/// Asks one host's checks until each has its final verdict: those of the probe in rounds, requests beside them.
struct HostRounds: Sendable {
    /// How many requests to a host run at once.
    private static let requestWidth = 8

    /// A check with its place in the cell's list of cases.
    struct Item: Sendable {
        var index: Int
        var task: CheckTask
    }

    let items: [Item]
    let ways: Ways
    let finished: @Sendable (CaseResult) -> Void
    private let clock = ContinuousClock()

    init(items: [Item], ways: Ways, finished: @escaping @Sendable (CaseResult) -> Void) {
        self.items = items
        self.ways = ways
        self.finished = finished
    }

    /// The cases of all items; fewer where the task was cancelled.
    func run() async -> [(Int, CaseResult)] {
        let probed = items.compactMap { item in (item.task.check as? any ProbedCheck).map { Probed(item: item, check: $0) } }
        let requested = items.compactMap { item in (item.task.check as? any RequestedCheck).map { (item: item, check: $0) } }
        let turns = Turns(Self.requestWidth)
        async let answers = mapConcurrently(requested, limit: requested.count) { await self.ask($0.check, $0.item, turns) }
        let verdicts = await self.probe(probed)
        return await verdicts + answers.compactMap(\.self)
    }
}

// MARK: - Requests

extension HostRounds {
    private func ask(_ check: any RequestedCheck, _ item: Item, _ turns: Turns) async -> (Int, CaseResult)? {
        var progress = Progress(item.task, at: clock.now)
        while !Task.isCancelled {
            let (asked, result) = await turns.take { (clock.now, await answer(of: check, item.task)) }
            if Task.isCancelled { return nil }
            if let record = progress.take(result, asked: asked, now: clock.now) { return conclude(item, record) }
            try? await clock.sleep(until: progress.due)
        }
        return nil
    }

    private func answer(of check: any RequestedCheck, _ task: CheckTask) async -> Result<Judgement, Unanswered> {
        do {
            return .success(try await check.ask(over: try ways.way(for: task)))
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
    private func probe(_ checks: [Probed]) async -> [(Int, CaseResult)] {
        var results: [(Int, CaseResult)] = []
        var waiting = checks.map { (probed: $0, progress: Progress($0.item.task, at: clock.now)) }
        while let next = waiting.map(\.progress.due).min(), !Task.isCancelled {
            try? await clock.sleep(until: next)
            if Task.isCancelled { break }
            let asked = clock.now
            // What falls due within a moment joins in rather than costing a round trip of its own.
            let isDue = waiting.map { $0.progress.due <= asked + .milliseconds(100) }
            let due = zip(waiting, isDue).filter(\.1).map(\.0)
            let answers = await answers(to: due.map(\.probed), on: due[0].probed.item.task.host)
            if Task.isCancelled { break }
            waiting = zip(waiting, isDue).filter { !$0.1 }.map(\.0)
            for (index, entry) in due.enumerated() {
                var progress = entry.progress
                let result = judge(answers[index], entry.probed.check)
                guard let record = progress.take(result, asked: asked, now: clock.now, seconds: try? answers[index].get().seconds) else {
                    waiting.append((entry.probed, progress))
                    continue
                }
                results.append(conclude(entry.probed.item, record))
            }
        }
        return results
    }

    private func judge(_ answer: Result<ProbeAnswer, Unanswered>, _ check: any ProbedCheck) -> Result<Judgement, Unanswered> {
        do {
            return .success(try check.judge(try answer.get()))
        } catch {
            return .failure(error)
        }
    }

    /// One round trip; a second one for what the first lost, as where a check ended the shell that asked.
    private func answers(to checks: [Probed], on host: Host) async -> [Result<ProbeAnswer, Unanswered>] {
        let first = await roundTrip(checks.map(\.check.probe), on: host)
        guard !first.lost.isEmpty, !Task.isCancelled else { return first.answers }
        var answers = first.answers
        let second = await roundTrip(first.lost.map { checks[$0].check.probe }, on: host)
        for (number, answer) in zip(first.lost, second.answers) { answers[number] = answer }
        return answers
    }

    private func roundTrip(
        _ probes: [Probe], on host: Host
    ) async -> (answers: [Result<ProbeAnswer, Unanswered>], lost: [Int]) {
        let script = ProbeScript(probes)
        do {
            let transcript = ProbeTranscript(try await host.transport.run(script.command), of: script)
            return (transcript.answers, transcript.lost)
        } catch {
            let unanswered = Unanswered(transportError: error)
            return (probes.map { _ in .failure(unanswered) }, [])
        }
    }
}

// MARK: - Both

extension HostRounds {
    private func conclude(_ item: Item, _ record: CheckTask.Record) -> (Int, CaseResult) {
        let result = item.task.result(of: record)
        finished(result)
        return (item.index, result)
    }

    /// Where a check stands between its tries.
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

        /// The final record, or nil where it is to be asked again at ``due``.
        ///
        /// - Parameter seconds: how long the host took over a single try; a round trip shared with others says nothing on that.
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
