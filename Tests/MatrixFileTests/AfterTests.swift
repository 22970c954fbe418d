import Foundation
import MatrixCore
import MatrixFile
import MatrixTesting
import Testing

/// `after:` of a file, and `changes:` of its steps.
@Suite("After a run, and changes of steps")
struct AfterTests {
    private func after(_ text: String, files: [String: String] = [:], environment: [String: String] = [:]) throws -> AfterRun? {
        try Fixtures.load(Fixtures.matrix(text), files: files, environment: environment).after
    }

    private func error(_ text: String) throws -> String {
        try #require(throws: UsageError.self) { try after(text) }.description
    }

    @Test("A list is a program with its arguments, a map has more")
    func forms() throws {
        let short = try #require(try after("after: [sh, -c, 'exit 0']"))
        #expect(
            short.words == ["sh", "-c", "exit 0"] && short.timeout == .seconds(60) && short.stages.isEmpty && short.environment.isEmpty)
        let long = try #require(
            try after(
                """
                vars: { room: "!a:b" }
                secrets: { token: { env: ROOM_TOKEN } }
                after:
                  run: [curl, "${vars.room}"]
                  env: { TOKEN: "${secrets.token}", HOST: "${env.HOST}" }
                  timeout: 5m
                  stages: [verify]
                """, environment: ["HOST": "matrix.example"]))
        #expect(long.words == ["curl", "!a:b"] && long.timeout == .seconds(300) && long.stages == [.verify])
        #expect(long.environment == ["TOKEN": "${secrets.token}", "HOST": "matrix.example"] && long.secrets == ["token"])
        #expect(try after("") == nil)
    }

    @Test(
        "What is wrong has a position and a next step",
        arguments: [
            ("secrets: { t: { env: T } }\nafter: [curl, '${secrets.t}']", "a secret cannot be an argument"),
            ("after: [./not-there.sh]", "there is no program"),
            ("after: []", "`after` names no program"),
            ("after: { env: { A: b } }", "needs `run`"),
            ("after: { run: [sh], stages: [destroy] }", "must be one of create, provision, deploy, verify"),
            ("after: { run: ['${host.name}'] }", "cannot be used here"),
        ])
    func mistakes(text: String, message: String) throws {
        let shown = try error(text)
        #expect(shown.contains(message), "\(shown)")
    }

    @Test("A shard says that its merge has a command to run")
    func shards() throws {
        let selection = Selection(shard: ShardChoice("1/2"))
        let plan = try Fixtures.load(Fixtures.matrix("after: [sh]"), selection: selection)
        #expect(plan.shard?.after == true)
        #expect(try Fixtures.load(Fixtures.matrix(), selection: selection).shard?.after == nil)
    }

    @Test("A step may be asked what it changes, with rules or without; a check may not")
    func changes() throws {
        func rules(_ changes: String) throws -> ChangeRules? {
            try Fixtures.load(Fixtures.matrix("deploy: [{ shell: 'true', changes: \(changes) }]")).cells[0].deploy[0].changes
        }
        #expect(try rules("true") == ChangeRules() && rules("false") == nil)
        #expect(try rules("{ allow: [], forbid: /etc/** }") == ChangeRules(allow: [], forbid: ["/etc/**"]))
        #expect(throws: UsageError.self) { try rules("{ deny: [x] }") }
        for list in ["verify: [{ service: x, changes: true }]", "finally: [{ shell: x, changes: true }]"] {
            #expect(throws: UsageError.self, "\(list)") { try Fixtures.load(Fixtures.matrix(list)) }
        }
    }
}
