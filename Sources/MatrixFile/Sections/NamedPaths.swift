internal import Foundation
import MatrixCore

/// `paths:`: files and folders of this machine by name, absolute in `${path.NAME}`.
///
/// A path is checked if something selected uses it: a missing one is an error before anything is created.
final class NamedPaths {
    static let key = KeyShape(
        "paths", .map(.text), "Files and folders on this machine, absolute in ${path.x}; a path that is used must exist", nullable: true)

    private var entries: [String: Document] = [:]
    private var variables: Variables?
    private var known: [String: String] = [:]
    private var inProgress: Set<String> = []

    /// - Parameter variables: the file's variables, which paths may refer to.
    func read(_ document: Document, variables: Document) {
        entries = Dictionary(document.members.map { ($0.key, $0.value) }) { _, last in last }
        self.variables = Variables(variables)
    }

    /// The paths that the file uses, sorted.
    var used: [String] { Set(known.values).sorted() }

    /// The absolute path; nil if there is no such name, the path does not exist, or its text refers to itself.
    func value(of name: String, context: LoadContext) -> String? {
        if let known = known[name] { return known }
        guard let entry = entries[name], let raw = entry.text, let variables, inProgress.insert(name).inserted else { return nil }
        defer { inProgress.remove(name) }
        let before = context.problems.count
        let text = StaticScope(context, variables: variables).final(raw, at: entry.location)
        let variable = Self.variable(of: raw, in: context.environment)
        // A path from the environment is relative to the working folder, a path from the file to the file.
        let path = FileReference.resolve(text, namedIn: variable == nil ? entry.location.file : "environment", home: context.home)
        if let placeholders = context.placeholders, let variable = Self.firstVariable(of: raw),
            !FileManager.default.fileExists(atPath: path)
        {
            // On the machine that runs the matrix the variable names another path.
            let placeholder = Placeholders.isIn(text) ? text : placeholders.text(for: variable)
            known[name] = placeholder
            return placeholder
        }
        let isKnown = context.problems.count == before && !text.contains("${")
        if isKnown, !FileManager.default.fileExists(atPath: path) {
            if variable == nil, let name = Self.firstVariable(of: raw) { context.unset.add(name) }
            context.problems.error(at: entry.location, "there is no file or folder \(path)", hint: Self.hint(raw))
            return nil
        }
        known[name] = path
        return path
    }

    /// The variable of the environment that a text starts with, if it is set.
    private static func variable(of text: String, in environment: [String: String]) -> String? {
        guard text.hasPrefix("${env."), let name = firstVariable(of: text) else { return nil }
        return environment[name]?.isEmpty == false ? name : nil
    }

    private static func firstVariable(of text: String) -> String? {
        Template.references(in: text).first { $0.name.hasPrefix("env.") }.map { String($0.name.dropFirst(4)) }
    }

    private static func hint(_ text: String) -> String {
        firstVariable(of: text).map { "set the environment variable \($0) to the right path" }
            ?? "relative paths are relative to the file that names them"
    }
}
