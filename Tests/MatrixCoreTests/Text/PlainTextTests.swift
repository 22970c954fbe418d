import MatrixCore
import Testing

@Suite struct PlainTextTests {
    @Test(arguments: [
        ("plain\ttext\n", "plain\ttext\n"), ("", ""), ("ünï😀", "ünï😀"),
        ("\u{1b}[31mred\u{1b}[0m", "red"), ("\u{1b}[38;5;196;1mred", "red"), ("\u{9b}1mbold", "bold"), ("\u{1b}(Bx", "x"),
        ("\u{1b}Mx", "x"), ("\u{1b}=x", "x"),
        ("a\u{1b}[?25lb", "ab"),
    ])
    func stripsColours(text: String, clean: String) {
        #expect(PlainText.clean(text) == clean)
    }

    @Test(arguments: [
        ("\u{1b}]0;title\u{07}x", "x"), ("\u{1b}]8;;http://a\u{1b}\\link\u{1b}]8;;\u{1b}\\", "link"), ("\u{1b}Pdcs\u{9c}x", "x"),
        ("\u{9d}0;title\u{07}x", "x"),
        ("\u{1b}]0;title\u{1b}[1mbold", "bold"),
    ])
    func stripsStringsForTheTerminal(text: String, clean: String) {
        #expect(PlainText.clean(text) == clean)
    }

    /// Values that are compared show what they hold.
    @Test(arguments: [
        ("plain\ttext\n", "plain\ttext\n"), ("ünï😀", "ünï😀"), ("hello\r", "hello\\r"), ("a\r\n", "a\\r\n"), ("a\0b", "a\\0b"),
        ("\u{1b}[31mred", "\\x1b[31mred"), ("\u{7f}\u{9b}", "\\x7f\\x9b"), ("\u{202e}x", "\\u{202e}x"), ("\u{8}", "\\x08"), ("", ""),
    ])
    func controlCharactersCanBeShown(text: String, shown: String) {
        #expect(PlainText.visible(text) == shown)
    }

    /// Something cut off hides no more than its own line.
    @Test(arguments: [
        ("\u{1b}]0;never ends\nnext", "\nnext"), ("\u{1b}[31\nnext", "\nnext"), ("\u{1b}\nnext", "\nnext"), ("a\u{1b}", "a"),
        ("a\u{1b}[", "a"), ("a\u{1b}]", "a"),
        ("\u{1b}[1\u{1b}[2mx", "x"),
    ])
    func aBrokenEscapeEndsWithItsLine(text: String, clean: String) {
        #expect(PlainText.clean(text) == clean)
    }

    @Test(arguments: [
        ("10%\r50%\r100%\n", "100%\n"), ("a\nb\rc", "a\nc"), ("line\r\n", "line\n"), ("line\r\r\n", "line\n"), ("line\r", "line"),
        ("\r\rx", "x"),
        ("50%\r\u{1b}[Kdone\n", "done\n"), ("gone\r\u{1b}[K\n", "\n"), ("stays\r\u{1b}[0m\n", "stays\n"), ("stays\u{1b}[K\n", "stays\n"),
        ("a\r\u{0}\n", "a\n"),
    ])
    func aProgressBarLeavesItsLastState(text: String, clean: String) {
        #expect(PlainText.clean(text) == clean)
    }

    @Test(arguments: [
        ("a\u{0}b", "ab"), ("a\u{8}b\u{c}c\u{7f}", "abc"), ("a\u{85}b", "ab"), ("\u{202e}evil\u{202c}", "evil"), ("\u{2066}x\u{2069}", "x"),
        ("\u{fffe}\u{ffff}x", "x"),
    ])
    func dropsWhatXMLAndReadersMustNotGet(text: String, clean: String) {
        #expect(PlainText.clean(text) == clean)
    }

    @Test func repairsWhatIsNoUTF8() {
        #expect(PlainText.clean([0x61, 0xff, 0x62]) == "a\u{fffd}b")
        #expect(PlainText.clean([0xc3]) == "\u{fffd}")
        #expect(PlainText.clean([0xed, 0xa0, 0x80]).unicodeScalars.allSatisfy { $0 == "\u{fffd}" })
        #expect(PlainText.clean([UInt8]()) == "")
    }

    /// Only XML 1.0's Char, for any input.
    @Test func everythingThatComesOutIsXML() {
        let every = (0...0xffff).compactMap { UnicodeScalar($0) }.filter { $0 != "\u{1b}" && $0 != "\u{9b}" }
        var text = String.UnicodeScalarView()
        for scalar in every {
            text.append(scalar)
            text.append("\n")
        }
        let allowed = PlainText.clean(String(text)).unicodeScalars.allSatisfy {
            [0x9, 0xa, 0xd].contains($0.value) || (0x20...0xd7ff).contains($0.value) || (0xe000...0xfffd).contains($0.value)
                || $0.value >= 0x10000
        }
        #expect(allowed)
    }

    @Test func tenMegabytesOfColourAreCleaned() {
        let line = "\u{1b}[32mok\u{1b}[0m: [host-1] => 42% ü\n"
        let count = 10_000_000 / line.utf8.count
        let clean = PlainText.clean(String(repeating: line, count: count))
        #expect(clean.utf8.count == count * "ok: [host-1] => 42% ü\n".utf8.count)
    }

    @Test func isClippedInTheMiddle() {
        #expect(PlainText.clipped("abc", to: 3) == "abc")
        #expect(PlainText.clipped("abcdefghij", to: 4) == "ab\n… 6 characters left out …\nij")
        #expect(PlainText.clipped("ääää", to: 4) == "ääää")
    }
}
