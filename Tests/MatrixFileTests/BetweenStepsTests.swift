import MatrixCore
import MatrixFile
import Testing

/// Checks that belong to a deploy step, and what they recall.
@Suite("Checks between deploy steps")
struct BetweenStepsTests {
    private static let steps = """
        deploy:
          - { name: install, shell: "true" }
          - { name: upgrade, shell: "true", when: { os: "debian*" } }

        """

    private func plan(_ verify: String, deploy: String = steps, axes: String = "{ os: [debian12], platform: podman }") throws -> Plan {
        try Fixtures.load(Fixtures.matrix(deploy + "verify:\n" + verify, axes: axes))
    }

    private func checks(_ verify: String) throws -> [String] {
        try plan(verify).cells[0].verify.map { "\($0.name) @ \($0.after ?? "end")" }
    }

    private func error(_ verify: String, deploy: String = steps) throws -> String {
        try #require(throws: UsageError.self) { try plan(verify, deploy: deploy) }.description
    }

    @Test("A check is asked after its step, or once after each of several, and its name says so")
    func names() throws {
        #expect(try checks("- { service: x, after: install }") == ["service x, after install @ install"])
        #expect(
            try checks("- { service: x, after: [install, upgrade] }\n- service: x").sorted() == [
                "service x @ end", "service x, after install @ install", "service x, after upgrade @ upgrade",
            ])
        #expect(try checks("- { service: x, after: install, name: it runs }") == ["it runs @ install"])
        #expect(try checks("- { service: x, after: [install, upgrade], name: runs }").count == 2)
    }

    @Test("A block gives its checks the same step")
    func block() throws {
        let block = "- after: [install, upgrade]\n  checks: [{ service: x }, { port: 80 }]\n- service: y"
        #expect(
            try checks(block) == [
                "service x, after install @ install", "service x, after upgrade @ upgrade", "port 80, after install @ install",
                "port 80, after upgrade @ upgrade", "service y @ end",
            ])
    }

    @Test("A step that does not run in a cell takes its checks with it, there only")
    func skipped() throws {
        let plan = try plan("- { service: x, after: upgrade }\n- service: y", axes: "{ os: [debian12, rocky9], platform: podman }")
        #expect(plan.cells.map { $0.verify[0].skipped } == [nil, "its step `upgrade` does not run here: only when os=debian*"])
    }

    @Test(
        "What is wrong has a position and a next step",
        arguments: [
            ("- { service: x, after: instal }", ":24: error: there is no deploy step `instal`; did you mean `install`?"),
            ("- { checks: [{ service: x }] }", "the block `checks` needs `after`"),
            ("- { after: install, checks: [] }", "the block has no checks"),
            ("- { after: install, checks: [{ service: x, after: upgrade }] }", "`after` cannot be used inside of a block"),
            ("- { after: install, checks: [{ after: install, checks: [{ service: x }] }] }", "`after` cannot be used inside of a block"),
            ("- { after: install, checks: [{ servce: x }] }", "there is no check `servce`; did you mean `service`?"),
            ("- { service: x, remember: a }", "`remember` is not a key of the check `service`"),
            ("- { command: x, recall: a }", "no check `command` of this cell remembers `a`"),
            ("- { command: x, remember: a }\n- { command: x, name: y, recall: a }", "nothing remembers `a` before this check is asked"),
            (
                "- { command: x, remember: a }\n- { command: x, recall: a, after: install }",
                "nothing remembers `a` before this check is asked"
            ),
            ("- { command: x, remember: a, after: install }\n- { command: x, recall: aa }", "did you mean `a`?"),
            ("- { command: x, remember: \"../a\" }", "`remember` must be a word of letters"),
        ])
    func mistakes(verify: String, message: String) throws {
        let shown = try error(verify)
        #expect(shown.contains(message), "\(shown)")
    }

    @Test("What is remembered after an earlier step can be recalled, and is skipped with the check that remembers")
    func recall() throws {
        let recalled = "- { command: x, name: now, recall: a }"
        #expect(try plan("- { command: x, remember: a, after: install }\n\(recalled)").cells[0].verify.allSatisfy { $0.skipped == nil })
        #expect(try plan("- { command: x, remember: a, after: install }\n- { command: x, recall: a, after: upgrade }").cells.count == 1)
        let skipped = try plan(
            "- { command: x, remember: a, after: install, when: { os: rocky9 } }\n\(recalled)",
            axes: "{ os: [debian12, rocky9], platform: podman }")
        #expect(skipped.cells[1].verify[1].skipped == nil)
        #expect(skipped.cells[0].verify[1].skipped?.hasPrefix("the check that remembers `a` does not run here") == true)
    }

    @Test("A file of checks alone knows none of it")
    func alone() throws {
        let cell = try plan("- service: x").cells[0]
        let texts = ["- { service: x, after: install }", "- { command: x, remember: a }", "- { after: install, checks: [{ service: x }] }"]
        for text in texts {
            #expect(throws: UsageError.self, "\(text)") {
                try Fixtures.inFolder(["checks.yml": text]) { folder in
                    try Fixtures.loader().loadChecks(CheckFile("\(folder)/checks.yml"), for: cell)
                }
            }
        }
    }
}
