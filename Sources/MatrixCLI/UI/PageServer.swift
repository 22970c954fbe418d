import Foundation
import MatrixCore
import MatrixReports
import MatrixWeb
import SystemPackage

/// Answers what a browser asks `matrix ui`: the index of all reports, the page of each, and the files of reports. It only reads.
actor PageServer {
    private let folder: ReportsFolder
    private let state: String
    private let renderer: PageRenderer
    private var reports: [String: LiveReport] = [:]

    /// - Parameters:
    ///   - folder: the reports.
    ///   - state: the state folder, which may not exist.
    init(_ folder: ReportsFolder, state: String) throws {
        self.folder = folder
        self.state = state
        renderer = try PageRenderer(isLive: true)
    }

    /// The report of this name; nil if there is none.
    func report(_ name: String) -> LiveReport? {
        guard let entry = ReportEntry(name: name, in: folder.root) else { return nil }
        if let known = reports[name] { return known }
        let report = LiveReport(entry.path, state: state, renderer: renderer)
        reports[name] = report
        return report
    }

    /// The answer to a path behind the token.
    func answer(_ path: String) async -> LoopbackServer.Response {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        if path.isEmpty || path == ReportsIndex.pageName {
            return Self.page(Array(ReportsIndexPage(lines: ReportsIndex(folder: folder).lines(), latest: folder.latest).text.utf8))
        }
        guard parts.count > 1, let report = report(parts[0]) else { return Self.notFound }
        switch Array(parts.dropFirst()) {
        case ["live"]:
            return LoopbackServer.Response(200, headers: Self.headers("text/event-stream"), body: .pieces(await report.changes()))
        case [HTMLReporter.name]: return Self.page(await report.currentPage())
        case let rest where rest.count == 2 && rest[0] == "cells" && rest[1].hasSuffix(".html"):
            return await report.cellPage(String(rest[1].dropLast(5))).map(Self.page) ?? Self.notFound
        default: return file(parts)
        }
    }

    static let notFound = LoopbackServer.Response(404, headers: headers("text/plain"), body: .bytes(Array("There is nothing here.\n".utf8)))
    static let refused = LoopbackServer.Response(
        403, headers: headers("text/plain"), body: .bytes(Array("Open the link that matrix ui has printed.\n".utf8)))

    private static func page(_ bytes: [UInt8]) -> LoopbackServer.Response {
        LoopbackServer.Response(200, headers: headers("text/html; charset=utf-8", policy: policy), body: .bytes(bytes))
    }

    /// The page has its style and script in it, and asks only this server.
    private static let policy =
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; connect-src 'self'; base-uri 'none'; "
        + "form-action 'none'; frame-ancestors 'none'"

    private static func headers(_ type: String, policy: String = "default-src 'none'; sandbox") -> [String: String] {
        [
            "Content-Type": type, "Content-Security-Policy": policy, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer", "Cross-Origin-Resource-Policy": "same-origin",
        ]
    }

    /// A file of a report, as text: a page that a host has made must not run scripts beside ours.
    private func file(_ parts: [String]) -> LoopbackServer.Response {
        let root = URL(fileURLWithPath: "\(folder.root)/\(parts[0])").resolvingSymlinksInPath().path
        let path = URL(fileURLWithPath: "\(folder.root)/\(parts.joined(separator: "/"))").resolvingSymlinksInPath().path
        var isFolder: ObjCBool = false
        guard path.hasPrefix("\(root)/"), FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue,
            let file = try? FileDescriptor.open(FilePath(path), .readOnly, options: [.closeOnExec, .nonBlocking])
        else { return Self.notFound }
        let source = FilePieces(file)
        return LoopbackServer.Response(
            200, headers: Self.headers("text/plain; charset=utf-8"), body: .pieces(AsyncStream { source.next() }))
    }
}

/// A file in pieces, closed at its end.
private final class FilePieces: Sendable {
    private let file: FileDescriptor

    init(_ file: FileDescriptor) { self.file = file }

    deinit { try? file.close() }

    func next() -> [UInt8]? {
        let bytes = try? [UInt8](unsafeUninitializedCapacity: 1 << 18) { buffer, count in
            count = try file.read(into: UnsafeMutableRawBufferPointer(buffer))
        }
        return bytes?.isEmpty == false ? bytes : nil
    }
}
