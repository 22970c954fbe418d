internal import MatrixCore

/// Starts a node's service and waits for it, with our own deadline: K3s tries for ever to join.
struct NodeStart: Sendable {
    let shell: K3sShell
    /// `k3s` or `k3s-agent`.
    let unit: String
    let limit: Duration
    let pace: K3sPace
    let waiting: @Sendable (String) -> Void

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
            let found = JournalCause.find(in: answer.output)
            cause = found.map { ($0.cause, $0.line, cause?.cause == $0.cause ? cause?.since ?? clock.now : clock.now) }
            // A persistent cause ends the wait early. A service without a known cause gets all its time.
            let isCertain = cause.map { clock.now - $0.since >= pace.patience } ?? false
            if isCertain || clock.now - start >= limit {
                throw failure(cause.map { ($0.cause, $0.line) }, answer, state, after: clock.now - start)
            }
            let reason = "\(shell.label): \(unit) is \(state)\(found.map { ": \($0.cause.meaning)" } ?? "")"
            if reason != told { waiting(reason) }
            told = reason
            try await clock.sleep(for: pace.poll)
        }
    }

    private func failure(
        _ cause: (cause: JournalCause, line: String)?, _ answer: K3sShell.Answer, _ state: String, after time: Duration
    ) -> InfrastructureError {
        let why =
            cause.map { "\($0.cause.meaning) (\($0.line))" }
            ?? "after \(time.brief) it is \(state); the last line of its journal: \(answer.lastLine ?? "none")"
        let command = CommandFailure(
            commandLine: shell.transport.commandLine(for: Command(["journalctl", "-u", unit, "--no-pager"], user: "root")),
            outcome: "\(unit) is \(state)",
            exitStatus: nil, outputTail: answer.tail)
        return InfrastructureError(
            "\(unit) did not start on \(shell.label)", why: why, next: cause?.cause.next, type: .k3sStart, isTransient: false,
            command: command)
    }

    private static let question = #"""
        say state "$(systemctl show "$unit" --property=ActiveState --value) $(systemctl show "$unit" --property=SubState --value)"
        journalctl --unit="$unit" --since="@$since" --no-pager --output=cat --lines=200 2>/dev/null
        return 0
        """#
}
