import MatrixCore

/// Gathers the problems of all input, each once, in the order of their positions.
///
/// Errors and warnings are kept up to a limit. A problem beyond it is counted, but neither its text nor its hint is made.
final class Problems {
    private var errors: [Diagnostic] = []
    private var warnings: [Diagnostic] = []
    private var seen: Set<Diagnostic> = []
    private var isCut = false

    /// How many were added, also those that are not kept.
    private(set) var count = 0

    var hasErrors: Bool { !errors.isEmpty }

    /// Whether there are so many errors that further checks help nobody.
    var isFull: Bool { errors.count >= LoadLimits.problems }

    /// Whether a problem is known at exactly this place.
    func hasError(at location: SourceLocation) -> Bool { errors.contains { $0.location == location } }

    func add(_ diagnostic: Diagnostic) { add(diagnostic.severity) { diagnostic } }

    func error(
        at location: @autoclosure () -> SourceLocation?, _ message: @autoclosure () -> String, hint: @autoclosure () -> String? = nil
    ) {
        add(.error) { Diagnostic(.error, at: location(), message(), hint: hint()) }
    }

    func warning(
        at location: @autoclosure () -> SourceLocation?, _ message: @autoclosure () -> String, hint: @autoclosure () -> String? = nil
    ) {
        add(.warning) { Diagnostic(.warning, at: location(), message(), hint: hint()) }
    }

    private func add(_ severity: Diagnostic.Severity, _ make: () -> Diagnostic) {
        guard (severity == .error ? errors : warnings).count < LoadLimits.problems else {
            isCut = true
            count += 1
            return
        }
        let diagnostic = make().shortened
        guard seen.insert(diagnostic).inserted else { return }
        count += 1
        if severity == .error { errors.append(diagnostic) } else { warnings.append(diagnostic) }
    }

    /// All problems: those without a position first, then file by file in the order in which the files were read.
    func sorted(by files: [String]) -> [Diagnostic] {
        let ranks = Dictionary(files.enumerated().map { ($0.element, $0.offset + 1) }) { first, _ in first }
        let keys = (errors + warnings).enumerated().map { index, diagnostic in
            let place = diagnostic.location
            return ([place == nil ? -1 : ranks[place?.file ?? ""] ?? 0, place?.line ?? 0, place?.column ?? 0, index], diagnostic)
        }
        let sorted = keys.sorted { $0.0.lexicographicallyPrecedes($1.0) }.map(\.1)
        guard isCut else { return sorted }
        let rest = Diagnostic(
            hasErrors ? .error : .warning, at: nil, "there are more problems than these \(sorted.count)",
            hint: "correct these, and run matrix validate again")
        return sorted + [rest]
    }
}

extension Diagnostic {
    /// The same with the middle of long texts left out: a value of the file may have any length.
    fileprivate var shortened: Diagnostic {
        var copy = self
        copy.message = Self.shortened(message)
        copy.hint = hint.map(Self.shortened)
        return copy
    }

    private static func shortened(_ text: String) -> String {
        guard text.utf8.count > LoadLimits.message, text.count > LoadLimits.message else { return text }
        return "\(text.prefix(LoadLimits.message / 2)) … \(text.suffix(LoadLimits.message / 2))"
    }
}

/// The hint of a message: what was probably meant, or all candidates.
enum Hint {
    /// The most candidates that are compared with a word.
    private static let most = 1000

    /// ``did you mean `x`?``, or all candidates if none is similar.
    static func meant(_ word: String, among candidates: some Collection<String>, otherwise: String) -> String {
        if let near = Suggestion.nearest(to: word, among: candidates.prefix(most)) { return "did you mean `\(near)`?" }
        if candidates.isEmpty { return "\(otherwise): none" }
        let shown = candidates.prefix(30).joined(separator: ", ")
        return "\(otherwise): \(shown)\(candidates.count > 30 ? ", … (\(candidates.count) in all)" : "")"
    }
}
