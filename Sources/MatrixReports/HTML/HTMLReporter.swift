public import MatrixCore
internal import Mustache

/// Writes `index.html`: one self-contained page, readable as bare HTML, better with its style sheet and script.
public struct HTMLReporter: Reporter {
    /// The file's name in a report's folder.
    public static let name = "index.html"
    private static let templates = ["page", "problems", "grid", "timeline", "cells", "run"]

    public init() {}

    public func write(_ result: RunResult, into directory: String) throws -> [String] {
        var library = MustacheLibrary()
        for name in Self.templates { try library.register(try ReportResources.text("\(name).mustache"), named: name) }
        let page = PageView(
            ReportedRun(result), directory: directory, style: try ReportResources.text("report.css"), script: try ReportResources.text("report.js"))
        guard let text = library.render(page, withTemplate: "page") else { return [] }
        return [try ReportFile.write(Self.name, into: directory, text: text.utf8)]
    }
}
