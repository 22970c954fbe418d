internal import Foundation
public import MatrixCore

/// Writes `index.html`: one self-contained page, which is readable even without its style sheet and script.
///
/// A run that is too large for one page gets a page for each cell that does not fit, below `cells/`.
public struct HTMLReporter: Reporter {
    /// The file's name in a report's folder.
    public static let name = "index.html"

    public init() {}

    public func write(_ result: RunResult, into directory: String) throws -> [String] {
        let renderer = try PageRenderer()
        let run = ReportedRun(result)
        let page = renderer.render(run, in: directory)
        let pages = try write(page.parts, of: run, into: directory, renderer)
        guard let text = page.text else { return [] }
        return [try ReportFile.write(Self.name, into: directory, text: text.utf8)] + pages
    }

    /// Writes a page for each cell that the report's page does not show in full.
    private func write(_ wanted: Set<String>, of run: ReportedRun, into directory: String, _ renderer: PageRenderer) throws -> [String] {
        guard !wanted.isEmpty else { return [] }
        try ReportFile.makeFolder("cells", in: directory)
        let anchors = Anchors(run.cells)
        var used: Set<String> = []
        return try run.cells.compactMap { cell in
            guard let anchor = anchors[cell], wanted.contains(anchor), used.insert(anchor).inserted,
                let text = renderer.cellPage(cell, of: run, anchor: anchor, anchors, in: directory)
            else { return nil }
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
