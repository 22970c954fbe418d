import MatrixCore
import MatrixFile
import Testing

@Suite("Interpolation")
struct InterpolationTests {
    /// The text of the only deploy step after expansion, and after the run's own rendering.
    private func rendered(
        _ text: String, vars: String = "{}", environment: [String: String] = [:], scope: [String: String] = [:]
    ) throws -> (plan: String, run: String) {
        let more = "secrets: { token: { env: T } }\nvars: \(vars)\ndeploy:\n  - shell: '\(text)'"
        let plan = try Fixtures.load(Fixtures.matrix(more, axes: "{ os: debian12, platform: podman, db: 2 }"), environment: environment)
        let step = try #require(plan.cells.first?.deploy.first)
        let run = try plan.cells[0].scope.adding(scope).render(step.options)["shell"]?.text
        return (step.options["shell"]?.text ?? "", run ?? "")
    }

    @Test("What a cell knows is put in, what a run knows stays")
    func names() throws {
        let (plan, run) = try rendered(
            "${os} ${platform} ${cell} ${axis.db} ${vars.a.b} ${env.X} ${env.Y:-none} ${host.name} "
                + "${secrets.token} ${run} {{ ansible }} $HOME",
            vars: "{ a: { b: 1.10 } }", environment: ["X": "x"], scope: ["host.name": "h", "secrets.token": "s", "run": "r"])
        #expect(plan == "debian12 podman debian12-podman-2 2 1.10 x none ${host.name} ${secrets.token} ${run} {{ ansible }} $HOME")
        #expect(run == "debian12 podman debian12-podman-2 2 1.10 x none h s r {{ ansible }} $HOME")
    }

    @Test("What the environment holds is never read as a reference")
    func injection() throws {
        let evil = ["X": "${secrets.token} $${os} ${", "D": "$"]
        let scope = ["secrets.token": "s3cret"]
        #expect(try rendered("${env.X}", environment: evil, scope: scope).run == "${secrets.token} $${os} ${")
        #expect(try rendered("${env.D}{secrets.token}", environment: evil, scope: scope).run == "${secrets.token}")
        #expect(try rendered("${env.D}${secrets.token}", environment: evil, scope: scope).run == "$s3cret")
        #expect(try rendered("$${os}", scope: scope).run == "${os}")
    }

    @Test("Variables refer to others, to the cell and to the run")
    func variables() throws {
        let vars = "{ url: 'http://${vars.host}:${vars.port}', host: '${cell}.lab', port: 80, late: 'on ${host.name}', escaped: '$${os}' }"
        #expect(try rendered("${vars.url}", vars: vars).plan == "http://debian12-podman-2.lab:80")
        #expect(try rendered("${vars.late}", vars: vars, scope: ["host.name": "h"]).run == "on h")
        #expect(try rendered("${vars.escaped}", vars: vars).run == "${os}")
        let plan = try Fixtures.load(Fixtures.matrix("vars: \(vars)"))
        #expect(plan.cells[0].vars["url"] == "http://debian12-podman.lab:80")
        #expect(plan.cells[0].vars["port"] == 80)
        #expect(plan.cells[0].scope["vars.host"] == "debian12-podman.lab")
        #expect(plan.cells[0].scope["vars.late"] == nil)
        #expect(plan.cells[0].scope["cell"] == "debian12-podman")
    }

    @Test("An empty variable of the environment takes the default, as in a shell")
    func emptyEnvironment() throws {
        #expect(try rendered("<${env.E:-d}> <${env.E}>", environment: ["E": ""]).plan == "<d> <>")
    }

    @Test("A variable that some cells lack is reported once, with how many")
    func missing() {
        let more = "cells: [{ where: { os: debian12 }, vars: { x: 1 } }]\ndeploy: [{ shell: 'echo ${vars.x}' }]"
        let axes = "{ os: [debian12, debian13, rocky9], platform: podman }"
        #expect(
            Fixtures.problems(of: Fixtures.matrix(more, axes: axes)) == """
                matrix.yml:5:25: error: the variable `x` is not set in debian13-podman and 1 other cell; set it under `vars:`, \
                or give it a default: ${vars.x:-…}
                """)
    }

    @Test("A setting is judged after its references are replaced, and its value is not repeated")
    func deferred() throws {
        let more =
            "vars: { n: 3, t: 5m }\nretries: { create: '${vars.n}' }\ntimeouts: { create: '${vars.t}' }\nhosts: { web: "
            + "{ count: '${vars.n}' } }"
        let plan = try Fixtures.load(Fixtures.matrix(more))
        #expect(plan.cells[0].retries[.create] == 3)
        #expect(plan.cells[0].timeouts[.create] == .seconds(300))
        #expect(plan.cells[0].hosts.count == 3)
        let wrong = Fixtures.problems(of: Fixtures.matrix("timeouts: { create: '${env.T}' }"), environment: ["T": "hunter2"])
        #expect(wrong == "matrix.yml:4:21: error: what `create` refers to is not a duration; such as 90s, 10m or 1h30m")
    }

    @Test("A step that does not run in a cell needs nothing there")
    func skipped() throws {
        let more = "deploy: [{ shell: 'echo ${env.NEEDED}', when: { os: debian13 } }]"
        let plan = try Fixtures.load(Fixtures.matrix(more), selection: Selection(conditions: ["os=debian12"]))
        #expect(plan.cells[0].deploy[0].skipped == "only when os=debian13")
        #expect(Fixtures.problems(of: Fixtures.matrix(more)).contains("`NEEDED` is not set"))
    }

    @Test("Positions inside of blocks and quoted texts point at the reference")
    func positions() {
        let text = Fixtures.matrix(
            "deploy:\n  - shell: |\n      one $${x}\n        two ${nope}\n  - shell: >-\n      a\n      b ${nope}\n  - shell: \"é ${nope}\""
        )
        let places = Fixtures.problems(of: text).split(separator: "\n").map { $0.prefix { $0 != " " } }
        #expect(places == ["matrix.yml:7:13:", "matrix.yml:10:9:", "matrix.yml:11:15:"])
    }
}
