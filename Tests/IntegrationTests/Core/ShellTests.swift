import IntegrationSupport
import MatrixCore
import MatrixRemote
import Testing

/// Quoted words, as a real shell has them.
@Suite(.requires()) struct ShellTests {
    /// An apostrophe with a mark upon it is one character, and still closes a quotation.
    @Test func aCombiningMarkHidesNoApostrophe() async throws {
        let words = ["'\u{301}; echo broken", "a'\u{200d}b", "'\u{fe0f}"]
        #expect(try await readBack(words) == words)
    }

    @Test func everyByteThatATextMayHoldComesBack() async throws {
        let words = (1...0x2ff).compactMap(UnicodeScalar.init).map { "a\($0)b" }
        #expect(try await readBack(words) == words)
    }

    @Test func randomTextsComeBack() async throws {
        var generator = SystemRandomNumberGenerator()
        let alphabet: [UnicodeScalar] = [
            "'", "\"", "\\", "\n", "\r", "\t", " ", "$", "`", "!", "*", "~", "#", "a", "0", "=", "-", "\u{301}", "é", "😀", "\u{1b}",
        ]
        let words = (0..<300).map { _ in
            var scalars = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0...12, using: &generator) { scalars.append(alphabet.randomElement(using: &generator) ?? "a") }
            return String(scalars)
        }
        #expect(try await readBack(words).map { Array($0.utf8) } == words.map { Array($0.utf8) })
    }

    /// The words as a real shell takes them from the command line, NUL between them.
    private func readBack(_ words: [String]) async throws -> [String] {
        let bytes = try await LocalTransport().run(Command(["/bin/sh", "-c", ShellQuoting.join(["printf", "%s\\0"] + words)]))
            .standardOutput
        return bytes.split(separator: 0, omittingEmptySubsequences: false).dropLast().map { String(decoding: $0, as: UTF8.self) }
    }
}
