internal import MatrixCore
internal import Synchronization

/// Reads what a recipe's script prints: lines that mean success or failure, and secrets, which it hides before anything else sees them.
final class OutputWatch: Sendable {
    private struct State {
        var missing: [(text: String, regex: Regex<AnyRegexOutput>)]
        let failures: [Regex<AnyRegexOutput>]
        let secrets: [(name: String, regex: Regex<AnyRegexOutput>)]
        var found: [String: String] = [:]
        var complaint: String?
    }

    private static let longestLine = 4000
    private let state: Mutex<State>
    private let context: CellContext

    init(_ stage: RecipeStage, _ context: CellContext) {
        self.context = context
        func compiled(_ text: String) -> Regex<AnyRegexOutput>? { try? Regex(text) }
        state = Mutex(
            State(
                missing: stage.successes.compactMap { text in compiled(text).map { (text, $0) } },
                failures: stage.failures.compactMap(compiled),
                secrets: stage.secrets.sorted { $0.key < $1.key }.compactMap { name, text in compiled(text).map { (name, $0) } }))
    }

    /// Looks at one line; call it before the line goes anywhere.
    func look(at line: OutputLine) {
        let line = PlainText.clean(line.text)
        let text = PlainText.clipped(line, to: Self.longestLine)
        let secrets = state.withLock { state in
            state.missing.removeAll { text.contains($0.regex) }
            if state.complaint == nil, state.failures.contains(where: text.contains) { state.complaint = line }
            // In the whole line: a secret that is not found is not hidden.
            let new = state.secrets.compactMap { name, regex -> (String, String)? in
                guard let output = line.firstMatch(of: regex)?.output, output.count > 1, let secret = output[1].substring, !secret.isEmpty
                else { return nil }
                return (name, String(secret))
            }
            state.found.merge(new) { $1 }
            return new.map(\.1)
        }
        for secret in secrets { context.redactor.hide(secret) }
    }

    /// The first line that means failure, without secrets.
    var complaint: String? { state.withLock { $0.complaint }.map { context.excerpt($0, to: Self.longestLine) } }
    /// The expressions that no line has matched.
    var missing: [String] { state.withLock { $0.missing.map(\.text) } }
    /// The secrets by name.
    var secrets: [String: String] { state.withLock { $0.found } }
}
