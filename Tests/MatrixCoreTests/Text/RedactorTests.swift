import Foundation
import MatrixCore
import Testing

@Suite struct RedactorTests {
    private static let secret = "p4ss/w+rd ä'\"\\x"

    private func redactor(_ secrets: String...) -> Redactor {
        let redactor = Redactor()
        for secret in secrets { redactor.hide(secret) }
        return redactor
    }

    /// The secret as tools print it; if possible not made with the redactor's code.
    static let forms: [(String, String)] = [
        ("as it is", secret),
        ("Base64", Data(secret.utf8).base64EncodedString()),
        (
            "Base64 in a URL",
            Data(secret.utf8).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        ),
        ("percent-encoded", "p4ss%2Fw%2Brd%20%C3%A4%27%22%5Cx"),
        ("percent-encoded in lower case", "p4ss%2fw%2brd%20%c3%a4%27%22%5cx"),
        ("as a form", "p4ss%2Fw%2Brd+%C3%A4%27%22%5Cx"),
        ("JSON", #"p4ss/w+rd ä'\"\\x"#),
        ("JSON in ASCII", #"p4ss/w+rd \u00e4'\"\\x"#),
        ("JSON with slashes escaped", #"p4ss\/w+rd ä'\"\\x"#),
        ("shell-quoted", #"'p4ss/w+rd ä'\''"\x'"#),
        ("decomposed", "p4ss/w+rd a\u{308}'\"\\x"),
        ("percent-encoded by Python", "p4ss/w%2Brd%20%C3%A4%27%22%5Cx"),
        ("HTML by Python", "p4ss/w+rd ä&#x27;&quot;\\x"),
        ("HTML by Jinja", "p4ss/w+rd ä&#39;&#34;\\x"),
        ("XML", "p4ss/w+rd ä&apos;&quot;\\x"),
        ("Python's repr", #"p4ss/w+rd ä\'"\\x"#),
        ("Python's ascii", #"p4ss/w+rd \xe4\'"\\x"#),
        ("Python's unicode_escape", #"p4ss/w+rd \xe4'"\\x"#),
        ("JSON in JSON", #"p4ss/w+rd ä'\\\"\\\\x"#),
        ("hexadecimal", "703473732f772b726420c3a427225c78"),
        ("Base64 of Base64", Data(Data(secret.utf8).base64EncodedString().utf8).base64EncodedString()),
    ]

    @Test(arguments: forms) func hides(form: String, text: String) {
        let redactor = redactor(Self.secret)
        let result = redactor.redact("before \(text) after")
        #expect(result == "before [redacted] after" || result == "before '[redacted]' after", "\(form)")
    }

    @Test(arguments: 1...4) func `Hides it within words that are quoted again and again`(times: Int) {
        for form in ["p4ss'word", JSON.text("p4ss'\"word")] {
            let text = (1...times).reduce("echo \(form) end") { text, _ in "sh -c \(ShellQuoting.quote(text))" }
            let result = redactor("p4ss'word", "p4ss'\"word").redact(text)
            #expect(!result.contains("word") && result.contains("echo ") && result.contains(" end"), "\(result)")
        }
    }

    @Test(arguments: ["u", "us", "use", "user", "token"], ["", "x", "xy", "xyz"])
    func hidesItWithinBasicCredentials(user: String, rest: String) {
        let header = Data("\(user):\(Self.secret)\(rest)".utf8).base64EncodedString()
        let result = redactor(Self.secret).redact("Authorization: Basic \(header)")
        #expect(result.contains(Redactor.mark))
        // The rest of the header is not enough to read the secret's middle.
        let left = result.replacing("Authorization: Basic ", with: "").split(separator: Redactor.mark)
        #expect(left.allSatisfy { $0.count <= 12 })
    }

    @Test("A cut text does not end with the beginning of a secret", arguments: 1...9)
    func partialSecrets(length: Int) {
        let redactor = redactor("p4ssword!!", "other")
        let cut = Array("before p4ssword!!".utf8.prefix(7 + length))
        #expect(redactor.withoutPartialSecret(cut[...]) == Array("before ".utf8))
        #expect(redactor.withoutPartialSecret(Array("plain".utf8)[...]) == Array("plain".utf8))
    }

    /// As `base64`, PEM, YAML and Ansible divide it.
    @Test(arguments: [1, 2, 3, 7, 8, 20, 64, 76], ["\n", "\r\n", "\n      ", #"\n"#, "\",\n        \"", "\n  - "])
    func `Line breaks within a secret do not matter`(column: Int, newline: String) {
        let prefix = "user-with-long-prefix-to-make-it-wrap-over-the-76-columns-of-base64-xxxxxxx:"
        let secret = "vaulted-Secret/42+x=="
        let text = Array(Data((prefix + secret).utf8).base64EncodedString())
        let lines = stride(from: 0, to: text.count, by: column).map { String(text[$0..<min(text.count, $0 + column)]) }
        let result = redactor(secret).redact(lines.joined(separator: newline))
        #expect(result.contains(Redactor.mark))
        // What stays is the prefix, and up to three letters that also hold a part of the secret.
        let start = Data(prefix.utf8).base64EncodedString().count
        #expect(result.replacing(newline, with: "").replacing(Redactor.mark, with: "").count <= start + 3, "\(result)")
    }

    @Test func overlappingSecretsGoTogether() {
        #expect(redactor("abcdXYZ", "XYZefgh").redact("-abcdXYZefgh-") == "-[redacted]-")
        #expect(redactor("abcd", "abcdef").redact("abcdef abcd") == "[redacted] [redacted]")
        #expect(redactor("aaaa").redact("aaaaaa") == "[redacted]")
        #expect(redactor("abab").redact("ababab|abababab") == "[redacted]|[redacted]")
    }

    @Test func theMarkIsNotRedactedAgain() {
        let redactor = redactor("redacted", "other")
        #expect(redactor.redact("other redacted") == "[redacted] [redacted]")
    }

    @Test func shortOnesTearNoWordsApart() {
        let redactor = redactor("", "a", "abc", "   ")
        #expect(redactor.redact("abc a") == "abc a")
        #expect(redactor.redact("abc") == "abc")
        #expect(self.redactor("abcd").redact("abcd") == Redactor.mark)
        #expect(self.redactor(" ab ").redact("cab") == "cab")
    }

    @Test func theNewlineAtItsEndIsNoPartOfIt() {
        #expect(redactor("hunter2\n").redact("pw=hunter2;") == "pw=[redacted];")
    }

    /// A line of fewer than eight letters may be a word.
    @Test func shortLinesAreHiddenAsWholeLinesAndQuotedValues() {
        let redactor = redactor("FIRSTLINE-aaaa\nshort1\nxy7Q\nx\nsecondlong-bbbb")
        for hidden in [
            "short1", "  short1 ", "- short1", "a\nxy7Q\nb", "\"short1\"", "'xy7Q'", #"a\nshort1\nb"#, #"\"xy7Q\""#, "+ : 'a\nshort1'",
        ] {
            let result = redactor.redact(hidden)
            #expect(result.contains(Redactor.mark) && !result.contains("short1") && !result.contains("xy7Q"), "\(hidden): \(result)")
        }
        for shown in ["in short1", "short1 of it", "short12", "x", "abcxy7Q", "a short1, b"] { #expect(redactor.redact(shown) == shown) }
        #expect(redactor.redact("secondlong-bbbb2") == "[redacted]2")
    }

    @Test(arguments: [("one line", false), ("long lines\nare hidden\n", false), ("a long line\nshort", true), ("\nshort\n", false)])
    func shortLinesAreKnown(secret: String, isShort: Bool) { #expect(Redactor.hasShortLines(secret) == isShort) }

    @Test func eachLineOfAKeyIsHidden() {
        let key = "-----BEGIN KEY-----\nAAAAB3NzaC1yc2E\nshort\n-----END KEY-----\n"
        let redactor = redactor(key)
        #expect(redactor.redact("line: AAAAB3NzaC1yc2E") == "line: [redacted]")
        #expect(redactor.redact("in short") == "in short")
        #expect(redactor.redact("<\(key.replacing("\n", with: "\r\n"))>").contains("AAAA") == false)
        #expect(redactor.redact(JSON.text(key)) == #""[redacted]""#)
    }

    /// A mark upon its last letter makes another character of that, not another secret.
    @Test(arguments: ["\u{301}", "\u{200d}", "\u{fe0f}"]) func aCombiningMarkRevealsNothing(mark: String) {
        #expect(redactor("hunter2").redact("hunter2\(mark)!") == "[redacted]\(mark)!")
        #expect(redactor("hunter2").redact("hunter2\(mark)") == "[redacted]\(mark)")
    }

    @Test func theRestStaysAsItIs() {
        let text = "é \u{1F468}\u{200d}\u{1F469} e\u{301}\r\n\0"
        #expect(Array(redactor("hunter2").redact(text + "hunter2" + text).utf8) == Array((text + Redactor.mark + text).utf8))
        #expect(Redactor().redact(text) == text)
    }

    @Test func manyTasksShareIt() async {
        let redactor = Redactor()
        let clean = await mapConcurrently(Array(1000..<1100), limit: 16) { number -> Bool in
            redactor.hide("secret-\(number)")
            return redactor.redact("<secret-\(number)>") == "<[redacted]>"
        }
        #expect(!clean.contains(false))
    }
}
