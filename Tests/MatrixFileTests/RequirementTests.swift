import MatrixCore
import MatrixFile
import Testing

@Suite struct RequirementTests {
    @Test func `Requirements keep their positions, and references to the environment are resolved`() throws {
        let more = """
            requires:
              ansible-core: ">=${env.CORE:-2.17}"
              python: [jmespath, "netaddr >= 1.0"]
              commands: jq
            ansible: { path: tools/venv }
            """
        let plan = try Fixtures.load(Fixtures.matrix(more))
        #expect(plan.requirements.ansible?.text == "ansible-core>=2.17" && plan.requirements.ansible?.location.line == 5)
        #expect(plan.requirements.python.map(\.text) == ["jmespath", "netaddr>=1.0"])
        #expect(plan.requirements.python.map(\.name) == ["jmespath", "netaddr"])
        #expect(plan.requirements.commands.map(\.name) == ["jq"])
        #expect(plan.ansible?.path.hasSuffix("/tools/venv") == true && plan.ansible?.path.hasPrefix("/") == true)
        #expect(plan.ansible?.location.line == 8)
    }

    @Test func `A file without them requires nothing, and an empty path names no Ansible`() throws {
        #expect(try Fixtures.load(Fixtures.matrix()).requirements.isEmpty)
        #expect(try Fixtures.load(Fixtures.matrix("ansible: { path: '${env.MY_ANSIBLE:-}' }")).ansible == nil)
    }

    @Test func `A range that a variable spoils has a position and a pattern`() {
        let problems = Fixtures.problems(
            of: Fixtures.matrix("requires: { ansible-core: '>=${env.CORE}' }"), environment: ["CORE": "new"])
        #expect(problems == "matrix.yml:4:27: error: what `ansible-core` refers to is not a version range (>=2.17)")
    }
}
