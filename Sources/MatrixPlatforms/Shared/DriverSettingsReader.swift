internal import MatrixCore

/// Reads a driver's settings. Their shape was checked before; this checks what shapes cannot express, and reports all problems at once.
protocol DriverSettingsReader {
    associatedtype Settings
    var document: Document { get }
    var diagnostics: [Diagnostic] { get set }
    init(_ document: Document)
    /// Nil if something without a default is missing.
    mutating func settings() -> Settings?
}

extension DriverSettingsReader {
    /// - Throws: `UsageError` with everything that is wrong.
    static func read(_ document: Document) throws -> Settings {
        var reader = Self(document)
        let settings = reader.settings()
        guard reader.diagnostics.isEmpty, let settings else { throw UsageError(reader.diagnostics) }
        return settings
    }

    /// The problems that shapes cannot express; none for a value that only a run knows (`${…}`).
    static func examine(_ document: Document) -> [Diagnostic] {
        var reader = Self(document)
        _ = reader.settings()
        return reader.diagnostics
    }

    mutating func complain(_ place: Document, _ message: String, hint: String) {
        if !place.value.json.contains("${") { diagnostics.append(Diagnostic(at: place.location, message, hint: hint)) }
    }

    mutating func complain(_ key: String, _ message: String, hint: String) {
        if document[key]?.value.json.contains("${") == true { return }
        diagnostics.append(Diagnostic(at: (document[key] ?? document).location, message, hint: hint))
    }
}
