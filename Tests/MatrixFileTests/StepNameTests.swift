import MatrixCore
import Testing

@testable import MatrixFile

@Suite("Names of steps")
struct StepNameTests {
    @Test(
        "are free of what differs between machines",
        arguments: [
            ("http http://10.0.0.7:9090/x", "http http://address:9090/x"), ("http http://127.0.0.1:80/", "http http://127.0.0.1:80/"),
            ("port 0.0.0.0", "port 0.0.0.0"), ("package x 1.2.3.4.5", "package x 1.2.3.4.5"), ("file /tmp/a", "file /temp/a"),
            ("id 123e4567-e89b-12d3-a456-426614174000", "id uuid"), ("image deadbeef0123", "image id"),
            ("at 2026-11-23T05:01:22Z", "at time"),
            ("ping ${host.address}", "ping host.address"), ("command one\n  two", "command one two"), ("took in 1.5 s", "took in time"),
        ])
    func stable(_ text: String, _ expected: String) {
        #expect(StepName.stable(text) == expected)
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
