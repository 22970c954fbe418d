import MatrixCore

/// The only encoder of a run's output: it cleans every text of a record or an event and removes its secrets.
///
/// Identifiers stay unchanged, so that they can be found: names, keys, paths, addresses, resources, outcomes.
extension Redactor {
    /// An event for displays and `events.ndjson`.
    func redact(_ event: Event) -> Event {
        Event(time: event.time, cell: event.cell, redact(event.kind))
    }

    private func redact(_ kind: Event.Kind) -> Event.Kind {
        switch kind {
        case .runStarted, .cellStarted, .phaseStarted, .stepStarted, .runFinished: kind
        case .phaseFinished(let phase): .phaseFinished(redact(phase))
        case .taskStarted(let phase, let step, let task): .taskStarted(phase, step: step, task: shown(task))
        case .caseFinished(let result): .caseFinished(redact(result))
        case .output(let phase, let step, let host, let line): .output(phase, step: step, host: host, line: shown(line))
        case .waiting(let reason): .waiting(shown(reason))
        case .retrying(let phase, let attempt, let reason): .retrying(phase, attempt: attempt, because: shown(reason))
        case .warning(let text): .warning(shown(text))
        case .cellFinished(let outcome, let message): .cellFinished(outcome, message: message.map(shown))
        case .stopping(let reason): .stopping(because: shown(reason))
        case .resourceLeaked(let leak): .resourceLeaked(redact(leak))
        }
    }

    /// A whole run for reports and the history; cell by cell, so that a large run is never in memory twice.
    func redact(_ result: inout RunResult) {
        for index in result.cells.indices { result.cells[index] = redact(result.cells[index]) }
        result.selection = result.selection.map(shown)
        result.warnings = result.warnings.map(redact)
        result.leaks = result.leaks.map(redact)
        result.entrances = result.entrances?.map { entrance in
            var entrance = entrance
            entrance.commands = entrance.commands.map(shown)
            return entrance
        }
        result.environment = result.environment.mapValues(shown)
    }

    /// A phase for the ledger.
    func redact(_ record: PhaseRecord) -> PhaseRecord {
        var record = record
        record.tries = record.tries.map(redact)
        record.cases = record.cases.map { redact($0) }
        record.hosts = record.hosts.map(redact)
        record.ended = record.ended.map(shown)
        return record
    }

    /// A case that was not planned: a deployer, a playbook or a script named it while it ran.
    func redact(unplanned result: CaseResult) -> CaseResult {
        var result = redact(result)
        result.name = shown(result.name)
        return result
    }

    private func redact(_ cell: CellResult) -> CellResult {
        var cell = cell
        cell.phases = cell.phases.map(redact)
        cell.cases = cell.cases.map { redact($0) }
        cell.hosts = cell.hosts.map(redact)
        return cell
    }

    private func redact(_ phase: PhaseResult) -> PhaseResult {
        var phase = phase
        phase.message = phase.message.map(shown)
        return phase
    }

    private func redact(_ result: CaseResult) -> CaseResult {
        var result = result
        result.name = PlainText.clean(result.name)
        result.message = result.message.map(shown)
        result.detail = result.detail.map(shown)
        result.properties = result.properties.mapValues(shown)
        result.evidence = result.evidence?.map { CheckEvidence(title: shown($0.title), text: shown($0.text)) }
        result.changes = result.changes?.map { change in
            HostChange(shown(change.what), before: change.before.map(shown), after: change.after.map(shown))
        }
        result.attempts = result.attempts.map { attempt in
            Attempt(outcome: attempt.outcome, message: shown(attempt.message), detail: shown(attempt.detail), type: attempt.type)
        }
        return result
    }

    private func redact(_ host: HostResult) -> HostResult {
        var host = host
        host.facts = host.facts.mapValues(shown)
        return host
    }

    private func redact(_ leak: Leak) -> Leak {
        var leak = leak
        leak.why = shown(leak.why)
        return leak
    }

    private func redact(_ warning: Diagnostic) -> Diagnostic {
        var warning = warning
        warning.message = shown(warning.message)
        warning.hint = warning.hint.map(shown)
        return warning
    }

    /// The first line of a text, cut, free of secrets. Redact before cutting: the redactor does not recognise half a secret.
    func firstLine(of text: String, limit: Int = 500) -> String {
        let text = shown(text)
        return String((text.split(whereSeparator: \.isNewline).first.map(String.init) ?? text).prefix(limit))
    }

    /// Clean before redacting: an escape code within a secret would hide it from the search.
    private func shown(_ text: String) -> String { redact(PlainText.clean(text)) }
}
