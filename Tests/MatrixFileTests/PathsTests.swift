import Foundation
import MatrixFile
import Testing

@testable import MatrixCore

@Suite("Named paths")
struct PathsTests {
    private static let step = "deploy: [{ ansible: { playbook: site.yml, directory: '${path.app}', env: { ROOT: '${path.app}' } } }]"

    @Test("They are absolute, relative to the file that names them")
    func absolute() throws {
        let files = ["apps/web/site.yml": "[]", "more/platforms.yml": "paths: { app: ../apps/web }"]
        let plan = try Fixtures.load(Fixtures.matrix("use: more/platforms.yml\n" + Self.step), files: files)
        let ansible = try #require(plan.cells[0].deploy[0].options["ansible"])
        let folder = URL(filePath: plan.file).deletingLastPathComponent().path
        #expect(ansible["directory"]?.text == "\(folder)/apps/web")
        #expect(ansible["env"]?["ROOT"]?.text == "\(folder)/apps/web")
    }

    @Test("What the environment names is relative to the working folder, and wins over a default")
    func environment() throws {
        let here = FileManager.default.currentDirectoryPath
        let more = "paths: { app: '${env.APP:-apps}' }\n" + Self.step
        func directory(_ environment: [String: String]) throws -> String? {
            let plan = try Fixtures.load(Fixtures.matrix(more), files: ["apps/site.yml": "[]"], environment: environment)
            return plan.cells[0].deploy[0].options["ansible"]?["directory"]?.text
        }
        #expect(try directory(["APP": "Sources/.."]) == here)
        #expect(try directory(["APP": "/"]) == "/")
        #expect(try directory(["APP": "~", "HOME": here]) == here)
        #expect(try directory([:])?.hasSuffix("/apps") == true)
    }

    @Test("One that is used and is not there is one error, with the way out")
    func missing() {
        let more = "paths: { app: '${env.APP:-/nowhere/app}', other: /nowhere/else }\n" + Self.step
        #expect(
            Fixtures.problems(of: Fixtures.matrix(more))
                == "matrix.yml:4:15: error: there is no file or folder /nowhere/app; set the environment variable APP to the right path")
        #expect(
            Fixtures.problems(of: Fixtures.matrix(more.replacing("${path.app}", with: "${path.other}")))
                == "matrix.yml:4:50: error: there is no file or folder /nowhere/else; "
                + "relative paths are relative to the file that names them"
        )
    }

    @Test("One that nothing selected uses need not be there")
    func unused() throws {
        let more = "paths: { app: /nowhere/app }\n" + Self.step.replacing("{ ansible:", with: "{ when: { os: debian13 }, ansible:")
        _ = try Fixtures.load(Fixtures.matrix(more), selection: Selection(conditions: ["os=debian12"]))
        #expect(Fixtures.problems(of: Fixtures.matrix(more)).contains("there is no file or folder /nowhere/app"))
    }

    @Test("They refer to the environment and to variables only, and misspelt ones are found")
    func references() {
        let more =
            "vars: { a: / }\npaths: { a: '${path.b}', b: '${path.a}', c: '${vars.a}', d: '${os}' }\ndeploy: [{ shell: "
            + "'ls ${path.a} ${path.c} ${path.see}' }]"
        #expect(
            Fixtures.problems(of: Fixtures.matrix(more)) == """
                matrix.yml:5:14: error: a path cannot refer to another; use only ${env.…} and ${vars.…} here
                matrix.yml:5:30: error: a path cannot refer to another; use only ${env.…} and ${vars.…} here
                matrix.yml:5:62: error: `${os}` cannot be used here, outside of a cell; use ${env.…}, ${vars.…} or ${path.…}
                matrix.yml:6:43: error: there is no path `see`; there are: a, b, c, d
                """)
    }

    @Test("A step is examined again when its references are known")
    func examined() {
        let kinds = TestKinds.deployers.map { kind in
            guard kind.kind == "shell" else { return kind }
            return Declaration(
                kind: "shell", subject: kind.subject, summary: kind.summary, example: kind.example,
                examine: { item in
                    item["shell"]?.text == "echo bad" ? [Diagnostic(at: item.location, "it is bad", hint: "make it good")] : []
                })
        }
        let text = Fixtures.matrix("deploy: [{ shell: 'echo ${env.WHAT}' }]")
        func problems(_ what: String) -> String {
            (try? Fixtures.inFolder(["matrix.yml": text]) { folder in
                do {
                    _ = try Fixtures.loader(["WHAT": what], deployers: kinds).load("\(folder)/matrix.yml")
                    return ""
                } catch { return "\(error)".replacing("\(folder)/", with: "") }
            }) ?? "no folder"
        }
        #expect(problems("good") == "")
        #expect(problems("bad") == "matrix.yml:4:10: error: it is bad; make it good")
    }
}
