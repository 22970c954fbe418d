import Foundation
import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixRemote

@Suite struct OutputCollectorTests {
    private static let secret = "s3cret-at-the-cut"
    private static let longest = OutputCollector.longestLine

    /// The first line of an output, from a stream of which nothing is kept.
    private func line(_ output: String) -> String {
        var collector = OutputCollector(.standardOutput, limit: 0)
        return collector.take(Array(output.utf8)).first?.text ?? ""
    }

    private func redactor() -> Redactor {
        let redactor = Redactor()
        redactor.hide(Self.secret)
        return redactor
    }

    /// Redaction comes later and does not recognise half a secret.
    @Test(arguments: 0...17) func `A line that is too long ends before a secret that does not fit`(shown: Int) {
        let start = String(repeating: "~", count: Self.longest - shown)
        Redactor.$current.withValue(redactor()) {
            let line = line("\(start)\(Self.secret) and more\n")
            #expect(line.hasPrefix(start) && line.hasSuffix(" bytes left out"))
            let rest = line.dropFirst(start.count)
            #expect(shown == Self.secret.count ? rest.hasPrefix(Self.secret) : !rest.contains("s3"), "\(rest)")
        }
    }

    @Test func `An escape code within a secret does not help it over the cut`() {
        let start = String(repeating: "~", count: Self.longest - 12)
        Redactor.$current.withValue(redactor()) {
            let line = line("\(start)s3cre\u{1b}[0mt-at-the-cut\n")
            #expect(!line.contains("s3"), "\(line.suffix(60))")
        }
    }

    @Test func `A long line without blanks is shown up to the limit`() {
        let line = line(String(repeating: "a", count: Self.longest + 5) + "\n")
        #expect(line == String(repeating: "a", count: Self.longest) + " … 5 bytes left out")
    }

    @Test(arguments: 1...16) func `What is kept ends before a secret that does not fit`(shown: Int) {
        Redactor.$current.withValue(redactor()) {
            var collector = OutputCollector(.standardOutput, limit: 10 + shown)
            _ = collector.take(Array("0123456789".utf8))
            _ = collector.take(Array("\(Self.secret)!".utf8))
            #expect(collector.isTruncated && collector.kept == Array("0123456789".utf8))
        }
    }

    @Test func `A file gets a stream up to the limit, and no line is made of it`() throws {
        let folder = try TemporaryFolder()
        var collector = OutputCollector(.standardOutput, limit: 5, file: try OutputFile("\(folder.path)/out"))
        var lines = collector.take(Array("ab\ncd".utf8))
        #expect(!collector.isTruncated)
        lines += collector.take(Array("ef\n".utf8)) + [collector.end()].compactMap(\.self)
        #expect(lines.isEmpty && collector.isTruncated && collector.kept.isEmpty && collector.failure == nil)
        #expect(try String(contentsOfFile: "\(folder.path)/out", encoding: .utf8) == "ab\ncd")
    }

    @Test func `A full disk is said with path and size`() throws {
        // It opens like any other file.
        var collector = OutputCollector(.standardOutput, limit: 100, file: try OutputFile("/dev/full"))
        _ = collector.take([1, 2, 3])
        let failure = try #require(collector.failure as? InfrastructureError)
        #expect(failure.what == "writing /dev/full" && failure.why.hasPrefix("no space left on device after "))
    }
}
