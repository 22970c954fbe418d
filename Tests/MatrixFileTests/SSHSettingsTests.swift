import MatrixCore
import MatrixFile
import Testing

@Suite struct SSHSettingsTests {
    @Test(arguments: [
        ("", KeyExchange.standard), ("ssh: { kex: fast }", .fast), ("ssh: { kex: default }", .standard), ("ssh: {}", .standard),
    ])
    func theKeyExchangeIsRead(text: String, expected: KeyExchange) throws {
        #expect(try Fixtures.load(Fixtures.matrix(text)).keyExchange == expected)
    }

    @Test func anotherWordIsRefused() {
        let problems = Fixtures.problems(of: Fixtures.matrix("ssh: { kex: quick }"))
        #expect(problems == "matrix.yml:4:13: error: `kex` must be one of default, fast, not `quick`")
    }
}
