import MatrixCore
import Testing

@testable import MatrixRemote

/// What a host's shell is sent.
@Suite struct ShellSessionTests {
    private func sent(_ command: Command) -> String { String(decoding: ShellSession(command, login: "root").input, as: UTF8.self) }

    @Test("a short text comes with the script: no program is needed to keep it", arguments: ["echo a", "echo a\n"])
    func inline(text: String) {
        let sent = sent(.script(text))
        #expect(sent.contains("\necho a\n") && sent.hasSuffix("exit 0") && !sent.contains("mktemp"))
    }

    @Test("other input comes behind it, byte for byte", arguments: ["without its newline", "ünï\n", "a\u{0}b\n", "\u{1e}\n"])
    func exactInput(text: String) {
        let sent = sent(Command(["cat"], input: Array(text.utf8)))
        #expect(sent.hasSuffix("exit 0" + text) && sent.contains("mktemp") && sent.contains("head -c \(text.utf8.count)"))
    }

    @Test func longInputComesBehindIt() {
        let text = String(repeating: "echo a\n", count: 10_000)
        #expect(sent(.script(text)).hasSuffix("exit 0" + text))
    }
}
