/// The values of `${…}` at one moment of a run, by name.
public struct Scope: Sendable {
    private var values: [String: String]

    public init(_ values: [String: String] = [:]) {
        self.values = values
    }

    /// The value of a dotted name such as `host.address`.
    public subscript(name: String) -> String? {
        get { values[name] }
        set { values[name] = newValue }
    }

    /// All names with their values.
    public var all: [String: String] { values }

    /// This scope with more names; the new ones win.
    public func adding(_ more: [String: String]) -> Scope {
        Scope(values.merging(more) { _, new in new })
    }

    /// A text with every reference replaced.
    public func render(_ text: String, at location: SourceLocation? = nil) throws -> String {
        do {
            return try Template.rendered(text) { values[$0] }
        } catch {
            let hint = error.name.isEmpty ? "write $${ for a literal ${" : "give it a default: ${\(error.name):-…}"
            throw UsageError([Diagnostic(at: location, "\(error)", hint: hint)])
        }
    }

    /// A document with every reference in every scalar replaced.
    public func render(_ document: Document) throws -> Document {
        switch document.content {
        case .null: return document
        case .scalar(let text, let plain):
            let rendered = try render(text, at: document.location)
            return Document(.scalar(rendered, plain: plain), at: document.location)
        case .list(let elements): return Document(.list(try elements.map(render)), at: document.location)
        case .map(let members):
            let rendered = try members.map { Document.Member(key: $0.key, keyLocation: $0.keyLocation, value: try render($0.value)) }
            return Document(.map(rendered), at: document.location)
        }
    }
}
