import MatrixCore

/// Gathers the problems of all input, each once, in the order of their positions.
final class Problems {
    private var found: [Diagnostic] = []
    private var seen: Set<Diagnostic> = []

    var count: Int { found.count }
    var hasErrors: Bool { found.contains { $0.severity == .error } }

    /// Whether a problem is known at exactly this place.
    func hasError(at location: SourceLocation) -> Bool {
        found.contains { $0.severity == .error && $0.location == location }
    }

    func add(_ diagnostic: Diagnostic) {
        if seen.insert(diagnostic).inserted { found.append(diagnostic) }
    }

    func error(at location: SourceLocation?, _ message: String, hint: String? = nil) {
        add(Diagnostic(.error, at: location, message, hint: hint))
    }

    func warning(at location: SourceLocation?, _ message: String, hint: String? = nil) {
        add(Diagnostic(.warning, at: location, message, hint: hint))
    }

    /// All problems: those without a position first, then file by file in the order in which the files were read.
    func sorted(by files: [String]) -> [Diagnostic] {
        let ranks = Dictionary(files.enumerated().map { ($0.element, $0.offset + 1) }) { first, _ in first }
        let keys = found.enumerated().map { index, diagnostic in
            let place = diagnostic.location
            return ([place == nil ? -1 : ranks[place?.file ?? ""] ?? 0, place?.line ?? 0, place?.column ?? 0, index], diagnostic)
        }
        return keys.sorted { $0.0.lexicographicallyPrecedes($1.0) }.map(\.1)
    }
}

/// The hint of a message: what was probably meant, or all candidates.
enum Hint {
    /// ``did you mean `x`?``, or all candidates if none is similar.
    static func meant(_ word: String, among candidates: some Collection<String>, otherwise: String) -> String {
        if let near = Suggestion.nearest(to: word, among: candidates) { return "did you mean `\(near)`?" }
        if candidates.isEmpty { return "\(otherwise): none" }
        let shown = candidates.prefix(30).joined(separator: ", ")
        return "\(otherwise): \(shown)\(candidates.count > 30 ? ", … (\(candidates.count) in all)" : "")"
    }
}
