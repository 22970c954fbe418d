import MatrixCore
internal import MatrixYAML

/// Shared by all parts of one loading: the outside world and the gathered problems.
struct LoadContext {
    let environment: [String: String]
    let problems: Problems
    let sources: SourceTexts
    let checker: ShapeChecker
    let missing = MissingVariables()
    let paths: NamedPaths
    let unset = UnsetVariables()
    /// What all cells together may still hold.
    let work: LoadWork
    /// What stands for variables of the environment; nil if each must be set.
    let placeholders: Placeholders?

    init(environment: [String: String]) {
        self.init(environment: environment, sources: SourceTexts(), paths: NamedPaths(), work: LoadWork(), placeholders: nil)
    }

    /// For a file that is only looked at.
    init(offlineWith environment: [String: String]) {
        self.init(
            environment: Placeholders.harmless(environment), sources: SourceTexts(), paths: NamedPaths(), work: LoadWork(),
            placeholders: Placeholders())
    }

    private init(
        environment: [String: String], sources: SourceTexts, paths: NamedPaths, work: LoadWork, placeholders: Placeholders?
    ) {
        self.placeholders = placeholders
        self.environment = environment
        self.work = work
        self.sources = sources
        self.paths = paths
        problems = Problems()
        checker = ShapeChecker(problems: problems)
    }

    /// The same files with another environment; its problems stay apart.
    func apart(environment: [String: String]) -> LoadContext {
        LoadContext(environment: environment, sources: sources, paths: paths, work: work, placeholders: placeholders)
    }

    var home: String? { environment["HOME"] }

    /// The absolute path that a scalar names, relative to the file in which it stands.
    func path(_ document: Document) -> String? {
        document.text.map { FileReference.resolve($0, namedIn: document.location.file, home: home) }
    }

    /// The document of a file; nil if it cannot be read or is empty, which is reported.
    ///
    /// - Parameters:
    ///   - location: where the file is named; nil for the command line.
    ///   - shape: what a map in it must be. Of a map without any of its keys no word is reported: it is another kind of file, perhaps
    ///     one that only this machine may read.
    ///   - form: what the file must be, for the message about an empty file.
    func document(
        of path: String, named location: SourceLocation? = nil, as shape: ObjectShape? = nil, form: String = "it must be a map"
    ) -> Document? {
        do {
            let text = try sources.read(path, isGiven: location == nil)
            let (document, found) = YAMLReader(file: path).document(in: text)
            if let document, let shape, isForeign(document, to: shape) {
                problems.error(
                    at: location ?? document.location, "`\(path)` has none of the keys of \(shape.name)",
                    hint: "its keys are \(shape.keys.map(\.name).joined(separator: ", "))")
                return nil
            }
            found.forEach(problems.add)
            if let document { return document }
            if found.isEmpty {
                problems.error(at: SourceLocation(file: path, line: 1, column: 1), "the file is empty", hint: form)
            }
        } catch {
            let place = location == nil ? "check the path" : "paths are relative to the file that names them"
            problems.error(at: location, "cannot read `\(path)`: \(error.reason)", hint: error.hint ?? place)
        }
        return nil
    }
}

extension LoadContext {
    /// Whether a map has no key of a shape, not even a misspelt one.
    private func isForeign(_ document: Document, to shape: ObjectShape) -> Bool {
        let names = shape.keys.map(\.name)
        let keys = document.members.lazy.map(\.key)
        return !document.members.isEmpty && !keys.contains { names.contains($0) }
            && !keys.prefix(100).contains { Suggestion.nearest(to: $0, among: names) != nil }
    }
}

/// The variables of the environment that are needed and not set, in the order in which they were missed.
final class UnsetVariables {
    private(set) var names: [String] = []
    private var known: Set<String> = []

    func add(_ name: String) {
        if known.insert(name).inserted { names.append(name) }
    }
}

/// Variables that are not set in some cells: gathered over all cells and reported once for each place.
final class MissingVariables {
    private struct Key: Hashable {
        let path: String
        let location: SourceLocation
    }

    private var cells: [Key: [String]] = [:]

    /// - Parameter cell: nil if a setting of the whole file names it.
    func add(_ path: String, at location: SourceLocation, in cell: String?) {
        cells[Key(path: path, location: location), default: []] += [cell].compactMap(\.self)
    }

    func report(to problems: Problems) {
        // A name that is set nowhere is already reported.
        for (key, cells) in cells where !problems.hasError(at: key.location) {
            let others = cells.count > 1 ? " and \(cells.count - 1) other \(cells.count == 2 ? "cell" : "cells")" : ""
            let place = cells.first.map { " in \($0)\(others)" } ?? " outside of cells"
            problems.error(
                at: key.location, "the variable `\(key.path)` is not set\(place)",
                hint: "set it under `vars:`, or give it a default: ${vars.\(key.path):-…}")
        }
    }
}
