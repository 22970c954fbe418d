import Testing

@testable import MatrixChecks

/// Reports of programs that nobody trusts.
@Suite struct ReportReaderTests {
    @Test(arguments: ["nan", "1e400", "-1", "inf", "soon"]) func aTimeThatIsNoneIsLeftOut(_ time: String) {
        let report = JUnitReader.read(#"<testsuite><testcase name="a" time="\#(time)"/></testsuite>"#)
        #expect(report.cases.map(\.seconds) == [nil])
    }

    @Test func hostileReportsAreData() {
        let bomb =
            "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">"
            + (0..<12).map { "<!ENTITY c\($0) \"\(String(repeating: $0 == 0 ? "&b;" : "&c\($0 - 1);", count: 10))\">" }.joined()
            + "]><testsuite><testcase name=\"x\"><failure>&c11;</failure></testcase></testsuite>"
        #expect(JUnitReader.read(bomb).cases.allSatisfy { ($0.detail ?? "").utf8.count < 1 << 20 })
        let outside =
            "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY f SYSTEM \"file:///etc/passwd\">]><testsuite><testcase "
            + "name=\"x\"><failure>&f;</failure></testcase></testsuite>"
        #expect(!JUnitReader.read(outside).cases.contains { $0.detail?.contains("root:") == true })
        #expect(
            TAPReader.read("1..2\nok 1 a \\# b # skip why\nnot ok\n").cases == [
                ReportedCase("a # b", .skipped, message: "why"), ReportedCase("test 2", .failed),
            ])
    }
}
