import Foundation
import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixCore

@Suite struct PlainLinksTests {
    @Test("a path with a colon gets one that a list of paths can hold, for as long as somebody needs it")
    func colons() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: "\(folder.path)/a:b", withIntermediateDirectories: true)
        let file = try folder.put("a:b/config", "clusters: []")
        var links: PlainLinks? = PlainLinks()
        let plain = try #require(try links?.path(to: file))
        #expect(!plain.contains(":") && (try? String(contentsOfFile: plain, encoding: .utf8)) == "clusters: []")
        #expect(try links?.path(to: file) == plain)
        #expect(try links?.path(to: "\(folder.path)/a:b") != plain)
        links = nil
        #expect(!FileManager.default.fileExists(atPath: URL(fileURLWithPath: plain).deletingLastPathComponent().path))
        #expect(FileManager.default.fileExists(atPath: file))
    }

    @Test func aPlainPathStays() throws {
        #expect(try PlainLinks().path(to: "/srv/a b/config") == "/srv/a b/config")
    }
}
