import MatrixCore

/// What `${…}` means before the run: in one cell, or outside of all cells.
///
/// Rendering leaves what only a run knows (`${host.…}`, `${secrets.…}`). Inserted values are escaped: a value of the
/// environment is never read as a reference. A variable's text comes from the file and keeps its references.
final class StaticScope {
    private enum Resolved {
        case value(String)
        /// A text that still has references which only a run resolves.
        case template(String)
        case failed
    }

    private let context: LoadContext
    private let names: [String: String]
    private let variables: Variables
    private var resolved: [String: Resolved] = [:]
    private var inProgress: [String] = []
    /// Values that end with `$`: with the text after them they could be read as a reference, so the run inserts them.
    private(set) var postponed: [String: String] = [:]

    /// - Parameter names: `os`, `platform`, `cell` and `axis.*`; empty outside of cells.
    init(_ context: LoadContext, names: [String: String] = [:], variables: Variables) {
        self.context = context
        self.names = names
        self.variables = variables
    }

    /// The same variables in another context, such as one whose problems stay apart.
    func with(_ context: LoadContext) -> StaticScope { StaticScope(context, names: names, variables: variables) }

    /// A document whose references are replaced as far as they are known before the run.
    func render(_ document: Document) -> Document {
        transform(document) { self.template($0, at: $1) }
    }

    /// A document without any reference left; one that only a run knows is an error.
    func renderWholly(_ document: Document) -> Document {
        transform(document) { self.final($0, at: $1) }
    }

    /// A text without any reference left.
    func final(_ text: String, at location: SourceLocation) -> String {
        let template = template(text, at: location)
        do {
            return try Template.rendered(template) { postponed[$0] }
        } catch {
            let direct = Template.references(in: text).contains { $0.name == error.name }
            if !direct {
                let known = Names.isStatic(error.name) ? "in a cell" : "while a step runs"
                context.problems.error(
                    at: location, "`\(text)` refers to `${\(error.name)}`, which is only known \(known)", hint: "write the value here")
            }
            return text
        }
    }

    /// A text whose references are replaced as far as they are known before the run.
    func template(_ text: String, at location: SourceLocation) -> String {
        // Variables of variables grow without bounds in a few lines.
        var size = text.utf8.count
        let expanded = Template.expanded(text) { reference in
            guard size <= LoadLimits.text, !self.context.work.isSpent,
                let (value, isTemplate) = self.value(of: reference, in: text, at: location)
            else { return nil }
            size += value.utf8.count
            guard size <= LoadLimits.text else { return nil }
            if isTemplate { return value }
            if value.hasSuffix("$") {
                self.postponed[reference.name] = value
                return nil
            }
            return Template.escaped(value)
        }
        context.work.spend(size / 64)
        guard size > LoadLimits.text else { return expanded }
        context.problems.error(
            at: location, "with its references replaced, this text has more than \(ByteSize.brief(LoadLimits.text))",
            hint: "use fewer references, or put the text into a file")
        return text
    }

    private func transform(_ document: Document, _ replace: (String, SourceLocation) -> String) -> Document {
        guard !context.work.isSpent else { return document }
        context.work.spend(1)
        switch document.content {
        case .null: return document
        case .scalar(let text, let plain):
            guard text.contains("${") else { return document }
            let rendered = replace(text, document.location)
            let isUnknown = context.placeholders != nil && Placeholders.isIn(rendered)
            let fits = isUnknown || context.checker.checkRendered(rendered, at: document.location)
            return Document(fits ? .scalar(rendered, plain: plain) : .null, at: document.location)
        case .list(let elements): return Document(.list(elements.map { transform($0, replace) }), at: document.location)
        case .map(let members):
            let rendered = members.map { Document.Member(key: $0.key, keyLocation: $0.keyLocation, value: transform($0.value, replace)) }
            return Document(.map(rendered), at: document.location)
        }
    }

    private func value(
        of reference: Template.Reference, in text: String, at location: SourceLocation
    ) -> (String, isTemplate: Bool)? {
        let name = reference.name
        if let known = names[name] { return (known, false) }
        if name.hasPrefix("env.") { return environmentValue(of: reference, in: text, at: location).map { ($0, false) } }
        if name.hasPrefix("path.") {
            return context.paths.value(of: String(name.dropFirst(5)), context: context).map { ($0, false) }
        }
        guard name.hasPrefix("vars.") else { return nil }
        switch variable(String(name.dropFirst(5)), referredAt: location, by: reference, in: text) {
        case .value(let value): return (value, false)
        case .template(let template): return (template, true)
        case .failed: return nil
        }
    }

    private func environmentValue(of reference: Template.Reference, in text: String, at location: SourceLocation) -> String? {
        let variable = String(reference.name.dropFirst(4))
        let value = context.environment[variable]
        // As in a shell, `:-` also replaces an empty value.
        if let fallback = reference.fallback { return value.flatMap { $0.isEmpty ? nil : $0 } ?? fallback }
        if let value { return value }
        guard !variable.isEmpty else { return nil }
        if let placeholders = context.placeholders { return placeholders.text(for: variable) }
        let place = context.sources.location(of: reference, in: text, at: location)
        context.unset.add(variable)
        let hint = "export \(variable)=…, or give it a default: ${\(reference.name):-…}"
        context.problems.error(at: place, "the environment variable `\(variable)` is not set", hint: hint)
        return nil
    }

    private func variable(
        _ path: String, referredAt location: SourceLocation, by reference: Template.Reference, in text: String
    ) -> Resolved {
        if let known = resolved[path] { return known }
        let place = { self.context.sources.location(of: reference, in: text, at: location) }
        if inProgress.contains(path) {
            let circle = (inProgress.drop { $0 != path } + [path]).joined(separator: " → ")
            context.problems.error(
                at: place(), "`vars.\(path)` refers to itself: \(circle)", hint: "set one of them to a value without a reference")
            return .failed
        }
        guard inProgress.count < LoadLimits.variableDepth else {
            context.problems.error(
                at: place(), "`vars.\(path)` is set through more than \(LoadLimits.variableDepth) other variables",
                hint: "set one of them to a value without a reference")
            return .failed
        }
        guard let document = variables[path] else {
            if let fallback = reference.fallback { return .value(fallback) }
            context.missing.add(path, at: place(), in: names["cell"])
            return .failed
        }
        inProgress.append(path)
        defer { inProgress.removeLast() }
        let result = resolve(document)
        resolved[path] = result
        return result
    }

    private func resolve(_ document: Document) -> Resolved {
        let before = context.problems.count
        let text = render(document).value.text
        if context.problems.count > before { return .failed }
        // Postponed names stay references: the run resolves them, together with the names that only it knows.
        guard let value = try? Template.rendered(text, lookup: { _ in nil }) else { return .template(text) }
        return .value(value)
    }
}
