import MatrixCore

/// Gives the commands in a cell's results a form that works when it is pasted after the run.
///
/// A step knows the command of its connection, `ssh -F …/ssh_config ALIAS`, whose file is gone as soon as the run has ended clean.
struct LastingCommands: Sendable {
    let cell: String
    /// The run's id, which is in the name of everything that it makes.
    let run: RunID
    /// The command that makes the cell again and keeps it; nil if nobody knows the matrix file.
    let comeback: String?
    /// How a command line of a host begins, and what stands for it: `matrix ssh CELL:web`.
    private var logins: [(login: String, command: String)] = []

    /// - Parameters:
    ///   - again: the words that run the matrix again: `matrix run FILE`.
    ///   - options: what changed its plan, for the end of a command: `--set vars.x=1`.
    init(cell: String, run: RunID, again: [String] = [], options: String? = nil) {
        self.cell = cell
        self.run = run
        let words = again + ["--cell", cell, "--keep", "failed"]
        comeback = again.isEmpty ? nil : [ShellQuoting.join(words), options].compactMap(\.self).joined(separator: " ")
    }

    /// What a person types to enter a host.
    static func login(to host: HostPlan, of cell: CellPlan) -> String {
        let target = cell.hosts.count == 1 ? cell.name : "\(cell.name):\(host.label(in: cell.hosts))"
        return ShellQuoting.join(["matrix", "ssh", target])
    }

    /// Learns how the commands of a host's connection look.
    mutating func add(_ host: Host, of cell: CellPlan) {
        let probe = "true"
        let line = host.transport.commandLine(for: Command([probe]))
        guard line.hasSuffix(" \(probe)") else { return }
        logins.append((String(line.dropLast(probe.count + 1)), Self.login(to: host.plan, of: cell)))
        // A longer alias may begin with a shorter one.
        logins.sort { $0.login.count > $1.login.count }
    }

    /// The case with commands that find the host as long as the cell is up.
    func lasting(_ result: CaseResult) -> CaseResult { changed(result, lasting) }

    /// The case of a cell that is gone: the command that brings it back comes before those that look at it.
    func lastingWithoutHosts(_ result: CaseResult) -> CaseResult {
        var result = changed(result, lastingWithoutHosts)
        let isSeen = result.phase == .create && result.outcome == .error && result.attachments.contains { $0.contains("/create-") }
        if isSeen, let comeback { result.detail = "\(result.detail ?? "")\nto look at it, make it again and keep it:\n$ \(comeback)" }
        return result
    }

    private func changed(_ result: CaseResult, _ change: (String) -> String) -> CaseResult {
        var result = result
        result.detail = result.detail.map(change)
        result.attempts = result.attempts.map { attempt in
            Attempt(outcome: attempt.outcome, message: attempt.message, detail: change(attempt.detail), type: attempt.type)
        }
        return result
    }

    func lasting(_ text: String) -> String {
        var text = text
        for (login, command) in logins where text.contains(login) {
            text = text.replacing("\(login) ", with: "\(command) -- ").replacing("\(login)\n", with: "\(command)\n")
            if text.hasSuffix(login) { text = text.dropLast(login.count) + command }
        }
        return text
    }

    func lastingWithoutHosts(_ text: String) -> String {
        guard let comeback else { return text }
        let see = "see it with:\n$ "
        if text.contains("\(see)matrix ssh ") { return text.replacing("\(see)matrix ssh ", with: "\(see)\(comeback)\n$ matrix ssh ") }
        var lines: [String] = []
        var again: [String] = []
        var isAnswered = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
            if line.hasPrefix(Self.again) {
                lines.append(Self.again + comeback)
                isAnswered = true
            } else if line.hasPrefix("$ "), line.hasPrefix("$ matrix ssh ") || line.contains(run.value) {
                lines.append("ran: \(line.dropFirst(2))")
                again.append(line)
            } else {
                lines.append(line)
            }
        }
        guard !again.isEmpty, !isAnswered else { return lines.joined(separator: "\n") }
        // A script of the step names the hosts as they were.
        let looks = again.filter { $0.hasPrefix("$ matrix ssh ") }
        return (lines + ["the cell is gone; make it again with:", "$ \(comeback)"] + looks).joined(separator: "\n")
    }

    private static let again = "run it again: "
}
