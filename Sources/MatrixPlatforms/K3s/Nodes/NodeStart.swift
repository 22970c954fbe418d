internal import MatrixCore

/// Starts a node's service and waits for it, with our own deadline: K3s tries for ever to join.
struct NodeStart: Sendable {
    let shell: K3sShell
    /// `k3s` or `k3s-agent`.
    let unit: String
    let limit: Duration
    let pace: K3sPace
    let waiting: @Sendable (String) -> Void

    /// After so many ends a service that should stay does not come up any more: systemd starts it again five seconds later.
    private static let patience = 3

    /// Returns once the service has told systemd that it is up.
    ///
    /// - Throws: `InfrastructureError` with the journal's cause.
    func start() async throws {
        let began = try await shell.run(
            "date +%s | sed 's/^/@k3s since /'; touch \(ClusterMark.folder)/started; systemctl start --no-block \(unit)",
            timeout: .seconds(60))
        guard began.exitStatus == 0 else {
            throw InfrastructureError(
                "\(unit) could not be started on \(shell.label)", why: began.lastLine ?? "exit status \(began.exitStatus)")
        }
        let clock = ContinuousClock()
        let start = clock.now
        var cause: (cause: JournalCause, line: String, since: ContinuousClock.Instant)?
        var told = ""
        while true {
            let answer = try await shell.run(
                Self.question, variables: ["unit": unit, "since": began["since"] ?? "0"], timeout: .seconds(60), quietly: true)
            let state = answer["state"] ?? "unknown"
            if state == "active running" { return }
            let bad = answer.all("bad").map(PlainText.clean)
            let found = JournalCause.find(in: bad + answer.output)
            cause = found.map { ($0.cause, $0.line, cause?.cause == $0.cause ? cause?.since ?? clock.now : clock.now) }
            // A persistent cause ends the wait early. A service without a known cause gets all its time.
            let isCertain = cause.map { clock.now - $0.since >= pace.patience } ?? false
            let ends = answer["restarts"].flatMap { Int($0) } ?? 0
            if isCertain || ends >= Self.patience || clock.now - start >= limit {
                throw failure(cause.map { ($0.cause, $0.line) }, answer, state, ends: ends, after: clock.now - start)
            }
            let again = ends > 0 ? ", and has ended \(ends == 1 ? "once" : "\(ends) times")" : ""
            let why = found?.cause.meaning ?? (ends > 0 ? JournalCause.worst(of: bad) : nil)
            let reason = "\(shell.label): \(unit) is \(state)\(again)\(why.map { ": \($0)" } ?? "")"
            if reason != told { waiting(reason) }
            told = reason
            try await clock.sleep(for: pace.poll)
        }
    }

    private func failure(
        _ cause: (cause: JournalCause, line: String)?, _ answer: K3sShell.Answer, _ state: String, ends: Int, after time: Duration
    ) -> InfrastructureError {
        let what = ends >= Self.patience ? "it has ended \(ends) times" : "after \(time.brief) it is \(state)"
        let own = answer.all("own").map(PlainText.clean)
        let line = JournalCause.worst(of: answer.all("bad").map(PlainText.clean)) ?? own.last ?? answer.lastLine
        let why =
            cause.map { "\($0.cause.meaning) (\($0.line))" }
            ?? "\(what); its journal: \(line ?? "empty")"
        let command = CommandFailure(
            commandLine: shell.transport.commandLine(for: Command(["journalctl", "-u", unit, "--no-pager"], user: "root")),
            outcome: "\(unit) is \(state)",
            exitStatus: nil, outputTail: answer.tail)
        return InfrastructureError(
            "\(unit) did not start on \(shell.label)", why: why, next: cause?.cause.next, type: .k3sStart, isTransient: false,
            command: command)
    }

    /// The service's own lines are asked for separately: systemd's come after them, and a stack trace is longer than the excerpt.
    private static let question = #"""
        say state "$(systemctl show "$unit" --property=ActiveState --value) $(systemctl show "$unit" --property=SubState --value)"
        say restarts "$(systemctl show "$unit" --property=NRestarts --value)"
        own() { journalctl "_SYSTEMD_UNIT=$unit.service" --quiet --since="@$since" --no-pager --output=cat --lines=5000 2>/dev/null; }
        own | grep -E 'level=(fatal|error)|^panic: |^fatal error: ' | tail -n 20 | sed 's/^/@k3s bad /'
        own | tail -n 1 | sed 's/^/@k3s own /'
        journalctl --unit="$unit" --quiet --since="@$since" --no-pager --output=cat --lines=200 2>/dev/null
        return 0
        """#
}
