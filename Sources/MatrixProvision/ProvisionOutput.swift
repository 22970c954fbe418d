internal import MatrixCore
internal import Synchronization

/// Follows the script's output: separates its own lines from those of the programs that it runs.
final class ProvisionOutput: Sendable {
    private struct State {
        var step: Int?
        var failure: String?
        var tail: [String] = []
        var filter = SecretFilter(Redactor.current)
        var outcomes: [Int: String] = [:]
        var facts: [String: String] = [:]
    }

    private static let longestTail = 40

    private let script: ProvisionScript
    private let state = Mutex(State())

    init(_ script: ProvisionScript) {
        self.script = script
    }

    /// What the script reported about the host.
    var facts: [String: String] { state.withLock { $0.facts } }
    /// The last step that began.
    var step: ProvisionStep? { state.withLock { $0.step }.map { script.steps[$0] } }
    /// Why that step failed, in the script's words.
    var failure: String? { state.withLock { $0.failure } }
    /// What the step's programs printed last, without secrets.
    var tail: [String] {
        state.withLock { state in
            var filter = state.filter
            return state.tail + filter.endOfLines()
        }
    }
    /// Whether every step found everything as it should be.
    var changedNothing: Bool { state.withLock { !$0.outcomes.values.contains("changed") } }

    /// Takes a line and returns what to show of it.
    func take(_ line: OutputLine) -> OutputLine? {
        guard line.text.hasPrefix(script.mark + " ") else {
            state.withLock { $0.tail = ($0.tail + $0.filter.take(line: PlainText.clean(line.text))).suffix(Self.longestTail) }
            return line
        }
        let words = line.text.split(separator: " ", maxSplits: 2).dropFirst().map(String.init)
        return state.withLock { note(words, &$0) }.map { OutputLine(.standardOutput, $0) }
    }

    private func note(_ words: [String], _ state: inout State) -> String? {
        switch (words.first, words.dropFirst().first) {
        case ("begin", .some(let number)):
            state.step = Int(number).flatMap { script.steps.indices.contains($0) ? $0 : nil }
            (state.tail, state.filter) = ([], SecretFilter(Redactor.current))
            return nil
        case ("failed", let why):
            state.failure = why ?? ""
            return outcome("failed", state)
        case ("fact", .some(let fact)):
            let parts = fact.split(separator: " ", maxSplits: 1).map(String.init)
            if parts.count == 2 { state.facts[parts[0]] = parts[1] }
            return nil
        case (.some(let word), _):
            if let step = state.step { state.outcomes[step] = word }
            return outcome(word, state)
        default: return nil
        }
    }

    private func outcome(_ word: String, _ state: State) -> String? {
        state.step.map { "\(script.steps[$0].title): \(word)" }
    }
}
