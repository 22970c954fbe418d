import MatrixCore

/// Finds references that can never be resolved, in every part of the file, before cells are expanded.
struct ReferenceChecker {
    let names: Names
    let sources: SourceTexts
    let problems: Problems

    /// Checks every text of a document.
    func check(_ document: Document, in place: Names.Place) {
        document.forEachText { text, location in
            guard !problems.isFull, text.contains("${") else { return }
            for reference in Template.references(in: text) {
                guard let (message, hint) = names.problem(of: reference, in: place) else { continue }
                problems.error(at: sources.location(of: reference, in: text, at: location), message, hint: hint)
            }
        }
    }
}
