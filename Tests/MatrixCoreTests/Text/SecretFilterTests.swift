import Foundation
import MatrixCore
import Testing

/// Text that comes in pieces.
@Suite struct SecretFilterTests {
    private static let secret = "cmdSECRET-0123456789abcdef"
    private static let key = "FIRSTLINE-aaaa\nshort1\nxy7Q\nx\nsecondlong-bbbb"

    private func filter(_ secrets: String...) -> SecretFilter {
        let redactor = Redactor()
        for secret in secrets { redactor.hide(secret) }
        return SecretFilter(redactor)
    }

    private func lines(_ lines: [String], _ filter: SecretFilter) -> [String] {
        var filter = filter
        return lines.flatMap { filter.take(line: $0) } + filter.endOfLines()
    }

    @Test(arguments: [1, 2, 3, 5, 13, 64, 1000]) func `A secret that pieces divide is hidden`(size: Int) {
        let text = Array("before \(Self.secret) between\n\(Self.key)\nafter \(Self.secret)".utf8)
        var filter = filter(Self.secret, Self.key)
        var result: [UInt8] = []
        for start in stride(from: 0, to: text.count, by: size) { result += filter.take(text[start..<min(text.count, start + size)]) }
        result += filter.end()
        #expect(String(decoding: result, as: UTF8.self) == "before [redacted] between\n[redacted]\nafter [redacted]")
        #expect(filter.hasHidden)
    }

    @Test func `Only a line in which a secret may begin waits`() {
        var filter = filter(Self.key, Self.secret)
        let shown = ["plain", "it ends with c", "FIRSTLINE-aaaa", "another", "cmdSECRET"].map { filter.take(line: $0) }
        #expect(shown == [["plain"], ["it ends with c"], [], ["[redacted]", "another"], []])
        let rest = [filter.endOfLines(), filter.endOfLines()]
        #expect(rest == [["cmdSECRET"], []])
    }

    @Test func `A secret of several lines is one line`() {
        let key = Self.key.split(separator: "\n").map(String.init)
        #expect(lines(["a"] + key + ["b"], filter(Self.key)) == ["a", "[redacted]", "b"])
        #expect(lines(["", "a", "", ""], filter(Self.key)) == ["", "a", "", ""])
    }

    @Test(arguments: [4, 8, 20, 76]) func `Base64 in lines is hidden`(column: Int) {
        let text = Array(Data("user:\(Self.secret)".utf8).base64EncodedString())
        let wrapped = stride(from: 0, to: text.count, by: column).map { String(text[$0..<min(text.count, $0 + column)]) }
        let result = lines(wrapped, filter(Self.secret)).joined()
        #expect(result.contains(Redactor.mark) && result.count < 25, "\(result)")
    }

    @Test func `A long line without end does not wait for ever`() {
        var filter = filter(Self.secret)
        let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 18)
        let early = (0..<8).reduce(into: [UInt8]()) { result, _ in result += filter.take(piece) }
        #expect(early.count >= 7 << 18)
        let rest = filter.take(Array("cmdSECRET".utf8)) + filter.take(Array("-0123456789abcdef".utf8)) + filter.end()
        #expect(early.count + rest.count == (8 << 18) + Redactor.mark.utf8.count)
        #expect(rest.suffix(Redactor.mark.utf8.count).elementsEqual(Redactor.mark.utf8))
    }

    @Test func `A text whose end is missing ends before the secret`() {
        var (cut, whole) = (filter(Self.secret), filter(Self.secret))
        let text = Array("before cmdSECRET-012".utf8)
        let ends = [cut.take(text) + cut.end(isCut: true), whole.take(text) + whole.end()]
        #expect(ends == [Array("before ".utf8), text])
    }

    @Test func `Bytes that are no text stay as they are`() {
        var filter = filter(Self.secret)
        let bytes: [UInt8] = [0, 0xff, 0x0a, 0xc3] + Array(Self.secret.utf8) + [0xfe]
        let result = filter.take(bytes) + filter.end()
        #expect(result == [0, 0xff, 0x0a, 0xc3] + Array(Redactor.mark.utf8) + [0xfe])
    }
}
