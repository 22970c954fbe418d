import MatrixCore
import Testing

/// Names of the release before: they are matched with those of today.
@Suite struct FormerNameTests {
    @Test(arguments: [
        ("http http://10.0.0.7:9090/x", "http http://address:9090/x"), ("http http://127.0.0.1:80/", "http http://127.0.0.1:80/"),
        ("port 0.0.0.0", "port 0.0.0.0"), ("package x 1.2.3.4.5", "package x 1.2.3.4.5"), ("file /tmp/a", "file /temp/a"),
        ("id 123e4567-e89b-12d3-a456-426614174000", "id uuid"), ("image deadbeef0123", "image id"), ("at 2026-11-23T05:01:22Z", "at time"),
        ("took in 1.5 s", "took in time"), ("influxdb 2.7.10.1 is on 10.1.2.3", "influxdb address is on address"),
        ("reach 10.0.0.5.", "reach address."), ("at ..1.2.3.4", "at ..1.2.3.4"),
        ("bind 127.0.0.1:8080 and 192.168.100.200:90", "bind 127.0.0.1:8080 and address:90"),
    ])
    func areWhatTheyWere(_ name: String, _ former: String) {
        #expect(FormerName.of(name) == former)
        #expect(name == former || FormerName.mayBe(former))
    }

    @Test(arguments: [
        ("file /srv/x  y", "file /srv/x y"), (#"command a\n  b"#, "command a b"), (#"file /a\tb"#, "file /a b"), ("file /a ", "file /a"),
        (#"shell curl http://10.0.0.7/  \n"#, "shell curl http://address/"), ("service ssh", "service ssh"),
    ])
    func hadOneBlank(_ name: String, _ former: String) {
        #expect(FormerName.of(name) == former)
        #expect(name == former || FormerName.keepsBlanks(name))
    }

    /// Each text is read once, and only its beginning.
    @Test func longRunsAreReadOnce() {
        let dots = "10.0.0.7" + String(repeating: ".", count: 1500)
        #expect(FormerName.of("\(dots)x").hasPrefix("address...."))
        #expect(FormerName.of("1.2.3.4.5 " + String(repeating: ".", count: 1_000_000)).count == 100)
    }

    @Test func manyNamesNeverWereFormer() {
        for name in ["service ssh", "idempotence", "sometimes", "addresses"] { #expect(!FormerName.mayBe(name), "\(name)") }
    }

    @Test func repeatedNamesHadNumbersBeforeTheHost() {
        let cases: [(Phase, String, String)] = [
            (.verify, "verify", "addr 10.88.0.1:22 (web)"), (.verify, "verify", "addr 10.88.0.2:22 (web)"),
            (.verify, "verify", "service ssh"),
            (.deploy, "shell echo > /tmp/x", "shell echo > /tmp/x"), (.deploy, "shell echo > /tmp/x", "a task in /tmp/y"),
            (.verify, "verify", "addr 10.88.0.3:22"), (.verify, "verify", "addr 10.88.0.4:22"),
        ]
        let former = FormerCase.all(of: cases.map { (phase: $0.0, step: $0.1, name: $0.2) })
        func then(_ step: String, _ name: String, _ phase: Phase = .verify) -> String? {
            former[FormerCase(phase: phase, step: step, name: name)].map { "\($0.step)|\($0.name)" }
        }
        #expect(then("verify", "addr 10.88.0.1:22 (web)") == "verify|addr address:22 (web)")
        #expect(then("verify", "addr 10.88.0.2:22 (web)") == "verify|addr address:22 (2) (web)")
        #expect(then("verify", "addr 10.88.0.4:22") == "verify|addr address:22 (2)")
        #expect(then("verify", "service ssh") == nil)
        #expect(then("shell echo > /tmp/x", "shell echo > /tmp/x", .deploy) == "shell echo > /temp/x|shell echo > /temp/x")
        #expect(then("shell echo > /tmp/x", "a task in /tmp/y", .deploy) == "shell echo > /temp/x|a task in /tmp/y")
    }
}
