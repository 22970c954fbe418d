import MatrixCore
import Testing

@testable import MatrixFile

@Suite("Names of steps")
struct StepNameTests {
    @Test(
        "stand as they are written: paths, addresses, versions",
        arguments: [
            ("http http://10.0.0.7:9090/x", "http http://10.0.0.7:9090/x"),
            ("influxdb 2.7.10.1 is on 10.1.2.3", "influxdb 2.7.10.1 is on 10.1.2.3"),
            ("file /tmp/a", "file /tmp/a"), ("id 123e4567-e89b-12d3-a456-426614174000", "id 123e4567-e89b-12d3-a456-426614174000"),
            ("image deadbeef0123", "image deadbeef0123"), ("at 2026-11-23T05:01:22Z", "at 2026-11-23T05:01:22Z"),
            ("ping ${host.address}", "ping host.address"),
            ("command one\n  two", "command one\\n  two"), ("command one\ntwo\n\n", "command one\\ntwo"),
            ("file /srv/x  y", "file /srv/x  y"), ("file /srv/a\tb", "file /srv/a\\tb"), ("file /srv/ ", "file /srv/ "), ("", ""),
            ("file a\r\nb\r\n", "file a\\r\\nb\\r"),
            ("took in 1.5 s", "took in 1.5 s"),
            ("bell \u{7}, return \r, NUL \0, escape \u{1b}[31m", "bell \\x07, return \\r, NUL \\0, escape \\x1b[31m"),
            ("left \u{202e}right", "left \\u{202e}right"),
        ])
    func stable(_ text: String, _ expected: String) {
        #expect(StepName.stable(text) == expected)
    }

    @Test("are cut only if they are long")
    func cut() throws {
        let long = String(repeating: "word ", count: 35) + "end"
        let plan = try Fixtures.load(Fixtures.matrix("verify: [{ name: \(long), service: ssh }, { command: \(long) }]"))
        #expect(plan.cells[0].verify[0].name == long)
        #expect(plan.cells[0].verify[1].name.count == 100 && plan.cells[0].verify[1].name.hasSuffix("…"))
    }

    @Test("that differ in an address or a path alone are two names, and two equal ones are warned of")
    func apart() throws {
        let plan = try Fixtures.load(
            Fixtures.matrix("verify: [{ http: \"http://10.88.0.1\" }, { http: \"http://10.88.0.2\" }, { file: /tmp/x }, { file: /temp/x }]")
        )
        #expect(plan.cells[0].verify.map(\.name) == ["http http://10.88.0.1", "http http://10.88.0.2", "file /tmp/x", "file /temp/x"])
        #expect(plan.warnings.isEmpty)
        let twice = try Fixtures.load(Fixtures.matrix("verify: [{ service: ssh }, { service: ssh, running: true }]"))
        #expect(
            twice.warnings.map(\.message) == [
                "this check has the same name as that in line \(twice.cells[0].verify[0].location.line): it is called `service ssh (2)`"
            ])
    }

    @Test("of paths that differ in blanks alone are apart, and a kind without a value is its name")
    func blanks() throws {
        let plan = try Fixtures.load(
            Fixtures.matrix("verify: [{ file: \"/a  b\" }, { file: \"/a b\" }, { file: \"/a\\tb\" }, { file: \"/a\\nb\" }]"))
        #expect(plan.cells[0].verify.map(\.name) == ["file /a  b", "file /a b", #"file /a\tb"#, #"file /a\nb"#])
        #expect(plan.warnings.isEmpty)
    }

    @Test("are unique in their list, even with steps that do not run")
    func unique() throws {
        #expect(StepName.unique(["a", "a", "b", "a"]) == ["a", "a (2)", "b", "a (3)"])
        #expect(StepName.unique(["a", "a (2)", "a"]) == ["a", "a (2)", "a (3)"])
        let plan = try Fixtures.load(
            Fixtures.matrix("verify: [{ service: ssh, when: { os: debian13 } }, { service: ssh }, { name: mine, port: 22 }]"))
        #expect(plan.cells.map { $0.verify.map(\.name) } == Array(repeating: ["service ssh", "service ssh (2)", "mine"], count: 2))
    }
}
