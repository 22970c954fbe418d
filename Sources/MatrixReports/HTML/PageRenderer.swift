internal import Foundation
public import MatrixCore
internal import Mustache

/// Renders the page of a run and the pages of its cells, for a report and for the page of a run that goes on: the same templates.
public struct PageRenderer: Sendable {
    private static let templates = [
        "page", "header", "problems", "changes", "grid", "checks", "hostchanges", "timeline", "cells", "cell", "logs", "differences", "run",
        "history", "cellpage",
    ]

    private let library: MustacheLibrary
    private let style: String
    private let script: String

    /// - Parameter isLive: whether the page asks for what is new.
    /// - Throws: `InfrastructureError` if the installation lacks a part.
    public init(isLive: Bool = false) throws {
        var library = MustacheLibrary()
        for name in Self.templates { try library.register(try ReportResources.text("\(name).mustache"), named: name) }
        self.library = library
        style = try ReportResources.text("report.css")
        script = try ReportResources.text("report.js") + (isLive ? ReportResources.text("live.js") : "")
    }

    /// The page of a run.
    ///
    /// - Parameters:
    ///   - directory: the folder of the report, with the logs.
    ///   - activity: what the run does now; nil for one that has ended.
    public func page(of result: RunResult, in directory: String, activity: RunActivity? = nil) -> String? {
        render(ReportedRun(result, activity: activity), in: directory).text
    }

    /// The page of one cell.
    ///
    /// - Parameter name: the page's file without its ending: `cell-debian12-podman`.
    /// - Returns: nil if no cell has it.
    public func cellPage(_ name: String, of result: RunResult, in directory: String, activity: RunActivity? = nil) -> String? {
        let run = ReportedRun(result, activity: activity)
        let anchors = Anchors(run.cells)
        return run.cells.first { anchors[$0] == name }.flatMap { cellPage($0, of: run, anchor: name, anchors, in: directory) }
    }

    /// The page, and the anchors of the cells that it does not show in full.
    func render(_ run: ReportedRun, in directory: String) -> (text: String?, parts: Set<String>) {
        let page = PageView(run, directory: directory, style: style, script: script)
        return (library.render(page, withTemplate: "page"), Set(page.cells.filter { $0.page != nil }.map(\.anchor)))
    }

    func cellPage(_ cell: CellResult, of run: ReportedRun, anchor: String, _ anchors: Anchors, in directory: String) -> String? {
        library.render(CellPage(cell, of: run, anchor: anchor, anchors, directory: directory, style: style), withTemplate: "cellpage")
    }
}
