import Foundation
import MatrixCore
import MatrixReports
import MatrixTesting
import MatrixWeb
import Testing

@testable import MatrixCLI

/// Who may read the pages of `matrix ui`, and what they get.
@Suite struct PageServerTests {
    private static let door = PageDoor(token: String(repeating: "a", count: 32), port: 4711)
    private static let good = ["host": "127.0.0.1:4711"]

    private static func path(_ target: String, _ headers: [String: String] = good, method: String = "GET") -> String? {
        door.path(of: LoopbackServer.Request(method, target, headers: headers))
    }

    @Test func `Only the link opens the door`() {
        let token = Self.door.token
        #expect(Self.path("/\(token)/") == "" && Self.path("/\(token)/run/index.html?x=1") == "run/index.html")
        #expect(Self.path("/\(token)/a%20b") == "a b")
        for target in ["/", "/\(token)", "/\(token.dropLast())b/", "/\(token.dropLast())/", "//\(token)/", token, "*", ""] {
            #expect(Self.path(target) == nil, "\(target)")
        }
        #expect(Self.path("/\(token)/", method: "POST") == nil)
    }

    @Test func `Another name of the server, and another page, are refused`() {
        let target = "/\(Self.door.token)/"
        for host in ["evil.example:4711", "127.0.0.1", "127.0.0.1:80", "", "127.0.0.1:4711.evil.example"] {
            #expect(Self.path(target, ["host": host]) == nil, "\(host)")
        }
        #expect(Self.path(target, [:]) == nil)
        func with(_ more: [String: String]) -> String? { Self.path(target, Self.good.merging(more) { $1 }) }
        #expect(with(["origin": "http://evil.example"]) == nil && with(["origin": "null"]) == nil)
        #expect(with(["origin": "http://127.0.0.1:4711", "sec-fetch-site": "same-origin"]) == "")
        #expect(with(["sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "script"]) == nil)
        #expect(with(["sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"]) == nil)
        #expect(
            with(["sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"]) == "", "a followed link")
    }

    @Test func `The address is remembered where only this account reads it`() throws {
        let folder = try TemporaryFolder()
        #expect(PageAddress(in: folder.path) == nil)
        let address = PageAddress(port: 4711, token: PageDoor.newToken())
        try address.write(in: folder.path)
        #expect(PageAddress(in: folder.path) == address)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: "\(folder.path)/ui.json")
        #expect(PageAddress(in: folder.path) == nil, "others have read it")
        #expect(PageDoor.newToken() != PageDoor.newToken() && PageDoor.newToken().count == 32)
    }

    private static let run = "261129-120000-aaaa"

    /// A folder with the report of a run that has ended.
    private static func reports() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let now = Timestamp(seconds: 1000)
        let test = CaseResult(phase: .verify, step: "verify", name: "port 80", outcome: .passed, started: now, seconds: 0)
        let cell = CellResult(
            name: "a", point: [AxisValue(axis: "os", value: "a")], platform: "p", outcome: .passed, queued: now, started: now,
            finished: now,
            cases: [test])
        let result = RunResult(
            run: RunID(run), matrix: "shop", file: "m.yml", started: now, finished: now, axes: [Axis(name: "os", values: ["a"])],
            cells: [cell])
        let report = "\(folder.path)/reports/\(run)"
        try FileManager.default.createDirectory(atPath: "\(report)/artifacts/a", withIntermediateDirectories: true)
        for reporter in ReportCatalogue.all() { _ = try reporter.write(result, into: report) }
        try folder.put("reports/\(run)/artifacts/a/page.html", "<script>alert(1)</script>")
        try folder.put("secret.txt", "secret")
        try FileManager.default.createSymbolicLink(atPath: "\(report)/artifacts/a/link", withDestinationPath: "\(folder.path)/secret.txt")
        return folder
    }

    private static func text(_ response: LoopbackServer.Response) async -> String {
        switch response.body {
        case .bytes(let bytes): return String(decoding: bytes, as: UTF8.self)
        case .pieces(let pieces):
            var all: [UInt8] = []
            for await piece in pieces { all += piece }
            return String(decoding: all, as: UTF8.self)
        }
    }

    @Test func `The index, a page and the files of a report are served, and nothing outside of it`() async throws {
        let folder = try Self.reports()
        let server = try PageServer(ReportsFolder("\(folder.path)/reports", project: ""), state: "\(folder.path)/none")
        let index = await Self.text(await server.answer(""))
        #expect(index.contains("href=\"\(Self.run)/index.html\"") && index.contains("shop"))
        let page = await server.answer("\(Self.run)/index.html")
        #expect(await Self.text(page).contains("The only cell passed"))
        #expect(
            page.headers["Content-Security-Policy"]?.contains("connect-src 'self'") == true && page.headers["Cache-Control"] == "no-store")
        #expect(await Self.text(await server.answer("\(Self.run)/cells/cell-a.html")).contains("port 80"))
        let file = await server.answer("\(Self.run)/artifacts/a/page.html")
        #expect(
            file.status == 200 && file.headers["Content-Type"] == "text/plain; charset=utf-8"
                && file.headers["X-Content-Type-Options"] == "nosniff")
        #expect(await Self.text(file) == "<script>alert(1)</script>")
        for path in [
            "none/index.html", "\(Self.run)/none", "\(Self.run)/../../secret.txt", "../secret.txt", "\(Self.run)/artifacts/a/link",
            "\(Self.run)/artifacts", "\(Self.run)", "\(Self.run)/cells/cell-b.html", ".index.json",
        ] {
            #expect(await server.answer(path).status == 404, "\(path)")
        }
        #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/none"), "to look makes no state folder")
    }

    @Test func `Who looks is told at once what there is`() async throws {
        let folder = try Self.reports()
        let server = try PageServer(ReportsFolder("\(folder.path)/reports", project: ""), state: "\(folder.path)/none")
        let response = await server.answer("\(Self.run)/live")
        guard case .pieces(let pieces) = response.body else {
            Issue.record("no pieces")
            return
        }
        #expect(response.headers["Content-Type"] == "text/event-stream")
        for await piece in pieces {
            #expect(String(decoding: piece, as: UTF8.self).contains("event: changed\ndata: "))
            break
        }
    }
}
