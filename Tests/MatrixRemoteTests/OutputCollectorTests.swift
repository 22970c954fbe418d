import MatrixCore
import Testing

@testable import MatrixRemote

@Suite struct OutputCollectorTests {
    /// Redaction comes later and does not recognise half a secret.
    @Test func `A line that is too long ends before the word that does not fit`() {
        var collector = OutputCollector(.standardOutput, limit: 10)
        let words = String(repeating: "word ", count: OutputCollector.longestLine / 5)
        let lines = collector.take(Array("\(words)s3cret-at-the-cut and more\n".utf8))
        #expect(lines.map(\.text) == ["\(words.dropLast()) … 27 bytes left out"])
        #expect(collector.isTruncated && collector.kept == Array("word word ".utf8))
    }
}
