public import MatrixCore
internal import Synchronization

/// A transport that knows only the answers of a test. Every other call fails.
public final class ScriptedTransport: Transport {
    /// Answers one command; nil if it does not know it.
    public typealias Answer = @Sendable (Command) throws -> CommandResult?

    private struct State {
        var answers: [Answer] = []
        var commands: [Command] = []
        var uploads: [String: String] = [:]
        var closed = false
        var facts: HostFacts?
    }

    private let state = Mutex(State())

    public init() {}

    /// Adds an answer. Later answers are tried first.
    public func answer(_ answer: @escaping Answer) {
        state.withLock { $0.answers.insert(answer, at: 0) }
    }

    /// Answers every command whose command line or input contains `part`.
    public func answer(_ part: String, output: String = "", error: String = "", exitStatus: Int32 = 0) {
        answer { command in
            guard command.display.contains(part) || String(decoding: command.input ?? [], as: UTF8.self).contains(part) else { return nil }
            return CommandResult(exitStatus: exitStatus, standardOutput: Array(output.utf8), standardError: Array(error.utf8))
        }
    }

    /// What its host said when the connection was opened.
    public func introduce(_ facts: HostFacts) { state.withLock { $0.facts = facts } }
    public var facts: HostFacts? { state.withLock { $0.facts } }

    /// All commands that were run, in order.
    public var commands: [Command] { state.withLock { $0.commands } }
    /// The remote paths of copies, with their local paths.
    public var uploads: [String: String] { state.withLock { $0.uploads } }
    /// Whether `close` was called.
    public var isClosed: Bool { state.withLock { $0.closed } }

    public func run(_ command: Command, onLine: @Sendable (OutputLine) async -> Void) async throws -> CommandResult {
        let answers = state.withLock { state in
            state.commands.append(command)
            return state.answers
        }
        for answer in answers {
            guard let result = try answer(command) else { continue }
            if let file = command.outputFile {
                try OutputFile(file).write(result.standardOutput.prefix(command.outputLimit))
                return CommandResult(exitStatus: result.exitStatus, standardError: result.standardError)
            }
            for line in result.output.split(separator: "\n", omittingEmptySubsequences: false) {
                await onLine(.init(.standardOutput, String(line)))
            }
            for line in result.errorOutput.split(separator: "\n") { await onLine(.init(.standardError, String(line))) }
            return result
        }
        throw InfrastructureError("scripted transport", why: "no answer for: \(command.display)", isTransient: false)
    }

    public func upload(_ local: String, to remote: String) async throws {
        state.withLock { $0.uploads[remote] = local }
    }

    public func download(_ remote: String, to local: String) async throws {
        throw InfrastructureError("scripted transport", why: "no answer for download of \(remote)", isTransient: false)
    }

    public func forward(to host: String, port: Int) async throws -> Int {
        throw InfrastructureError("scripted transport", why: "no answer for a forward to \(host):\(port)", isTransient: false)
    }

    public func commandLine(for command: Command) -> String { command.display }

    public func close() async {
        state.withLock { $0.closed = true }
    }
}
