import MatrixCore
import Testing

@Suite struct ShellQuotingTests {
    @Test(arguments: [
        ("", "''"), ("abc", "abc"), ("a b", "'a b'"), ("it's", #"'it'\''s'"#), ("$HOME", "'$HOME'"), ("--x=1,2", "--x=1,2"),
        ("a\nb", "'a\nb'"), ("~", "'~'"),
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
}
