internal import Foundation
public import MatrixCore
internal import Mustache

/// Writes `index.html`: one self-contained page, which is readable even without its style sheet and script.
///
/// A run that is too large for one page gets a page for each cell that does not fit, below `cells/`.
public struct HTMLReporter: Reporter {
    /// The file's name in a report's folder.
    public static let name = "index.html"
    private static let templates = [
        "page", "header", "problems", "changes", "grid", "checks", "hostchanges", "timeline", "cells", "cell", "logs", "differences", "run",
        "history",
        "cellpage",
    ]

    public init() {}

    public func write(_ result: RunResult, into directory: String) throws -> [String] {
        var library = MustacheLibrary()
        for name in Self.templates { try library.register(try ReportResources.text("\(name).mustache"), named: name) }
        let run = ReportedRun(result)
        let style = try ReportResources.text("report.css")
        let page = PageView(run, directory: directory, style: style, script: try ReportResources.text("report.js"))
        let pages = try writeCells(of: page, run, into: directory, style: style, library)
        guard let text = library.render(page, withTemplate: "page") else { return [] }
        return [try ReportFile.write(Self.name, into: directory, text: text.utf8)] + pages
    }

    /// Writes a page for each cell that the report's page does not show in full.
    private func writeCells(
        of page: PageView, _ run: ReportedRun, into directory: String, style: String, _ library: MustacheLibrary
    ) throws -> [String] {
        let wanted = Set(page.cells.filter { $0.page != nil }.map(\.anchor))
        guard !wanted.isEmpty else { return [] }
        try ReportFile.makeFolder("cells", in: directory)
        let anchors = Anchors(run.cells)
        var used: Set<String> = []
        return try run.cells.compactMap { cell in
            guard let anchor = anchors[cell], wanted.contains(anchor), used.insert(anchor).inserted else { return nil }
            let own = CellPage(cell, of: run, anchor: anchor, directory: directory, style: style)
            guard let text = library.render(own, withTemplate: "cellpage") else { return nil }
            return try ReportFile.write(CellPage.path(anchor), into: directory, text: text.utf8)
        }
    }
}

/// The templates, the style sheet and the script of reports.
enum ReportResources {
    /// The text of one resource.
    ///
    /// - Throws: `InfrastructureError` if the installation lacks it.
    static func text(_ name: String) throws -> String {
        let path = Bundle.module.bundleURL.appending(path: "Resources/\(name)").path
        do {
            return try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw InfrastructureError(
                "a part of the report is missing", why: "\(path) cannot be read",
                next: "install matrix again: its .resources folders must be next to the program",
                type: .reportResources, isTransient: false)
        }
    }
}
