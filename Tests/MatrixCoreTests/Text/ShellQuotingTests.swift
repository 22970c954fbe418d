import Foundation
import MatrixCore
import Testing

@Suite struct ShellQuotingTests {
    @Test(arguments: [
        ("", "''"), ("abc", "abc"), ("a b", "'a b'"), ("it's", #"'it'\''s'"#), ("$HOME", "'$HOME'"), ("--x=1,2", "--x=1,2"), ("a\nb", "'a\nb'"), ("~", "'~'"),
        ("ü", "'ü'"),
    ])
    func quotes(text: String, quoted: String) {
        #expect(ShellQuoting.quote(text) == quoted)
    }

    @Test func aFirstWordIsNoAssignment() throws {
        #expect(ShellQuoting.join(["A=1", "B=2"]) == "'A=1' B=2")
        #expect(ShellQuoting.join([]) == "")
        #expect(ShellQuoting.join(["env", "A=1"]) == "env A=1")
    }

    /// An apostrophe with a mark upon it is one character, and closes a quotation all the same.
    @Test func aCombiningMarkHidesNoApostrophe() throws {
        let words = ["'\u{301}; echo broken", "a'\u{200d}b", "'\u{fe0f}"]
        #expect(try readBack(words) == words)
    }

    @Test func everyByteThatATextMayHoldComesBack() throws {
        let words = (1...0x2ff).compactMap(UnicodeScalar.init).map { "a\($0)b" }
        #expect(try readBack(words) == words)
    }

    @Test func randomTextsComeBack() throws {
        var generator = SystemRandomNumberGenerator()
        let alphabet: [UnicodeScalar] = ["'", "\"", "\\", "\n", "\r", "\t", " ", "$", "`", "!", "*", "~", "#", "a", "0", "=", "-", "\u{301}", "é", "😀", "\u{1b}"]
        let words = (0..<300).map { _ in
            var scalars = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0...12, using: &generator) { scalars.append(alphabet.randomElement(using: &generator) ?? "a") }
            return String(scalars)
        }
        #expect(try readBack(words).map { Array($0.utf8) } == words.map { Array($0.utf8) })
    }

    /// The words as a real shell takes them from the command line, NUL between them.
    private func readBack(_ words: [String]) throws -> [String] {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", ShellQuoting.join(["printf", "%s\\0"] + words)]
        process.standardOutput = output
        try process.run()
        let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return bytes.split(separator: 0, omittingEmptySubsequences: false).dropLast().map { String(decoding: $0, as: UTF8.self) }
    }
}
