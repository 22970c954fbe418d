import Foundation
import IntegrationSupport
import MatrixCore
import MatrixTesting
import Testing

/// The command line as a newcomer and a program use it.
@Suite(.requires(.programs)) struct CommandLineTests {
    private static let matrix = "version: 1\naxes: { os: [debian12, debian13], platform: podman }\nverify: [{ service: ssh }]\n"
    private let project: Project

    init() throws { project = try Project() }

    private func run(_ arguments: String..., environment: [String: String] = [:]) async throws -> MatrixProcess.Ending {
        try await MatrixProcess.run(arguments, in: project, environment: environment)
    }

    // MARK: A matrix that is not named

    @Test func theOnlyMatrixOfTheFolderIsTaken() async throws {
        try project.write(Self.matrix, to: "matrices/site.yml")
        let ending = try await run("run", "--simulate")
        #expect(ending.status == 0 && ending.errors.contains("matrix file: matrices/site.yml\n"), "\(ending.errors)")
        #expect(try await run("plan", "--offline").output.contains("2 cells; 2 checks on 2 hosts"))
        #expect(try await run("validate").output == "matrices/site.yml: ok, 2 cells\n")
    }

    @Test func severalAreListedIfNobodyCanBeAsked() async throws {
        for name in ["lab", "site"] { try project.write(Self.matrix, to: "matrices/\(name).yml") }
        for command in ["run", "plan", "create", "provision", "deploy", "verify"] {
            let ending = try await run(command)
            #expect(ending.status == 2 && ending.output.isEmpty)
            #expect(
                ending.errors == "error: no matrix file is named, and matrices/ has 2; name one: matrix \(command) matrices/lab.yml, "
                    + "matrix \(command) matrices/site.yml\n", "\(ending.errors)")
        }
        #expect(!project.exists("reports"))
    }

    @Test func withoutAnyTheNextStepIsSaid() async throws {
        let ending = try await run("run")
        #expect(
            ending.status == 2 && ending.errors.contains("matrix run FILE") && ending.errors.contains("matrix init"), "\(ending.errors)")
    }

    // MARK: Wrong words

    @Test func aWrongCommandGetsTheRightOne() async throws {
        let ending = try await run("rum", "hello.yml")
        #expect(ending.status == 2 && ending.errors == "error: matrix has no command 'rum'; did you mean: matrix run hello.yml\n")
        #expect(try await run("run", "hello.yml", "--keep-failed").errors.contains("did you mean: --keep failed"))
        let help = try await run("--help")
        #expect(help.status == 0 && !help.output.contains("SUBCOMMANDS"))
    }

    // MARK: For programs

    @Test func validatePrintsJSONAndAnnotations() async throws {
        try project.write(Self.matrix, to: "good.yml")
        try project.write(Self.matrix + "verfy: []\n", to: "bad.yml")
        let json = try await run("validate", "good.yml", "bad.yml", "--format", "json")
        let list = Value(json: json.output)?.elements ?? []
        #expect(json.status == 2 && list.map { $0["valid"] } == [true, false], "\(json.output)\(json.errors)")
        #expect(list.last?.element(at: "problems.0.line") == 4)
        let github = try await run("validate", "good.yml", "bad.yml", "--format", "github")
        #expect(github.status == 2 && github.output.contains("::error file=bad.yml,line=4,col=1::"), "\(github.output)")
    }

    @Test func whatIsNotThereIsAnEmptyList() async throws {
        try project.write(Self.matrix, to: "m.yml")
        for arguments in [["destroy", "m.yml"], ["reap"], ["resume", "--list"]] {
            let ending = try await MatrixProcess.run(arguments + ["--format", "json"], in: project)
            #expect(ending.status == 0 && Value(json: ending.output) == [], "\(arguments): \(ending.output)\(ending.errors)")
        }
        let none = try await run("resume")
        #expect(none.status == 2 && none.errors.contains("no run can be resumed"))
    }

    @Test func initPrintsWhatItWrote() async throws {
        let ending = try await run("init", "--name", "web", "--format", "json")
        let value = Value(json: ending.output)
        #expect(ending.status == 0 && value?["file"] == "matrices/web.yml" && value?["cells"] == ["debian12-podman"], "\(ending.errors)")
        for file in value?["written"]?.elements.compactMap(\.string) ?? [] { #expect(project.exists(file), "\(file)") }
        #expect(try project.read("matrices/web.yml").hasPrefix("# yaml-language-server: $schema=schemas/matrix.schema.json\n"))
    }

    @Test func doctorShowsItsTableBesideAFileThatLacksAVariable() async throws {
        try project.write(
            Self.matrix.replacing("podman", with: "away")
                + "platforms: { away: { driver: linode, token: { env: NO_SUCH_TOKEN }, region: \"${env.NO_SUCH_REGION}\" } }\n",
            to: "m.yml")
        let ending = try await run("doctor", "m.yml")
        #expect(ending.status == 2 && ending.output.contains("state folder"), "\(ending.output)\(ending.errors)")
        #expect(ending.output.contains("`NO_SUCH_REGION` is not set") && ending.output.contains("fix: export NO_SUCH_REGION=…"))
        #expect(ending.output.contains("NO_SUCH_TOKEN"), "every variable at once")
    }

    // MARK: Plan

    @Test func aMachineOnWhichNothingCanRunGivesStatus3() async throws {
        try project.write(Self.matrix, to: "m.yml")
        let ending = try await run("plan", "m.yml", environment: ["PATH": "\(project.url.path)/none"])
        #expect(ending.status == 3, "\(ending.output)\(ending.errors)")
        #expect(ending.output.contains("0 of 2 cells can run, 2 cannot; 2 checks on 2 hosts"), "\(ending.output)")
        #expect(try await run("plan", "m.yml", "--check", "--offline").status == 2)
    }

    // MARK: Reports

    @Test func oldReportsAreListedAndRemoved() async throws {
        try project.write(Self.matrix, to: "m.yml")
        for _ in 1...2 { #expect(try await run("run", "m.yml", "--simulate").status == 0) }
        let page = try project.read("reports/index.html")
        #expect(page.contains("2 reports of matrix") && page.components(separatedBy: "✓ passed").count == 3)
        let shown = try await run("clean", "--older", "0s", "--format", "json")
        let reports = Value(json: shown.output)?.elements.filter { $0["kind"] == "report" } ?? []
        #expect(shown.status == 0 && reports.count == 2 && reports.allSatisfy { $0["removed"] == false }, "\(shown.output)\(shown.errors)")
        let cleaned = try await run("clean", "--reports", "--older", "0s")
        #expect(cleaned.status == 0 && cleaned.output.contains("2 removed, "), "\(cleaned.output)\(cleaned.errors)")
        #expect(try project.read("reports/index.html").contains("There is no report yet"))
    }

    // MARK: Completion

    @Test func theShellIsOfferedCellsAndNothingForABrokenFile() async throws {
        try project.write(Self.matrix, to: "m.yml")
        let words = ["---completion", "run", "--", "--cell", "4", "0", "matrix", "run", "m.yml", "--cell", ""]
        let ending = try await MatrixProcess.run(words, in: project)
        #expect(ending.status == 0 && ending.errors.isEmpty, "\(ending.errors)")
        #expect(ending.output.split(separator: "\n") == ["debian12-podman", "debian13-podman"])
        try project.write("axes: [", to: "m.yml")
        let broken = try await MatrixProcess.run(words, in: project)
        #expect(broken.status == 0 && broken.errors.isEmpty && broken.output.split(separator: "\n").isEmpty)
        let hosts = try await MatrixProcess.run(["---completion", "ssh", "--", "positional@0", "2", "0", "matrix", "ssh", ""], in: project)
        #expect(hosts.status == 0 && hosts.errors.isEmpty && !project.exists(".matrix/state.db"))
    }
}

/// The schemas with a validator of JSON Schema, and as an editor uses them.
@Suite(.requires(.programs, .pythonPackages)) struct SchemaProgramTests {
    private static let kinds = ["matrix", "platforms", "checks", "recipe", "scenario"]

    private static func checkJSONSchema(_ arguments: String...) throws -> (status: Int32, output: String) {
        try Shell.run([Project.repository.appendingPathComponent("fixtures/.venv/bin/check-jsonschema").path] + arguments)
    }

    @Test func everySchemaIsValidUnderItsDraft() async throws {
        let project = try Project()
        #expect(try await MatrixProcess.run(["schema", "--output", "schemas"], in: project).status == 0)
        for kind in Self.kinds {
            let path = project.url.appendingPathComponent("schemas/\(kind).schema.json").path
            let result = try Self.checkJSONSchema("--check-metaschema", path)
            #expect(result.status == 0, "\(kind): \(result.output)")
        }
    }

    @Test func ourOwnFilesFitThem() throws {
        func check(_ kind: String, _ folder: String) throws {
            let root = Project.repository.appendingPathComponent(folder)
            let files = try FileManager.default.contentsOfDirectory(atPath: root.path).filter { $0.hasSuffix(".yml") }.sorted()
            for file in files {
                let result = try Self.checkJSONSchema(
                    "--schemafile", Project.repository.appendingPathComponent("docs/\(kind).schema.json").path,
                    root.appendingPathComponent(file).path)
                #expect(result.status == 0, "\(folder)/\(file): \(result.output)")
            }
        }
        try check("matrix", "matrices")
        try check("matrix", "matrices/suites")
        try check("platforms", "matrices/platforms")
        try check("recipe", "Sources/MatrixDeployers/Resources/recipes")
    }

    /// The wrong key is named, not "not valid under any of the given schemas".
    @Test(arguments: [
        ("verify: [{ http: http://x/, statuss: 200 }]", "statuss"), ("verify: [{ servce: ssh }]", "servce"),
        ("deploy: [{ shell: echo, retires: 1 }]", "retires"), ("verify: [{ user: x, grp: 1 }]", "grp"),
        ("cells: [{ where: { os: debian12 }, verify: [{ service: x, runing: true }] }]", "runing"),
        ("platforms: { p: { driver: podman, networkk: x } }", "networkk"),
    ])
    func anEditorNamesTheWrongKey(_ text: String, _ key: String) throws {
        let project = try Project()
        try project.write("version: 1\naxes: { os: [debian12], platform: [podman] }\n\(text)\n", to: "m.yml")
        let result = try Self.checkJSONSchema(
            "--schemafile", Project.repository.appendingPathComponent("docs/matrix.schema.json").path,
            project.url.appendingPathComponent("m.yml").path)
        #expect(result.status == 1 && result.output.contains("'\(key)'"), "\(result.output)")
        #expect(!result.output.contains("under any of the given schemas"), "\(result.output)")
    }
}

/// The man pages of the built program.
@Suite(.requires(.programs, .python)) struct ManualTests {
    @Test func everyPageHasItsSections() throws {
        let project = try Project()
        let script = Project.repository.appendingPathComponent("fixtures/manual.py").path
        let schema = Project.repository.appendingPathComponent("docs/matrix.schema.json").path
        let made = try Shell.run(
            "sh", "-c", #""$0" --experimental-dump-help | python3 "$1" "$2" "$3""#, MatrixProcess.executable, script, project.url.path,
            schema)
        try #require(made.status == 0, "\(made.output)")
        let pages = try FileManager.default.contentsOfDirectory(atPath: project.url.appendingPathComponent("man1").path)
        #expect(pages.contains("matrix-run.1") && pages.contains("matrix-clean.1") && pages.count > 40)
        for page in pages {
            let text = try project.read("man1/\(page)")
            for section in ["ENVIRONMENT", "FILES", "EXIT STATUS"] + (page == "matrix.1" ? [] : ["EXAMPLES"]) {
                #expect(text.contains(".Sh \(section)\n"), "\(page): \(section)")
            }
            #expect(!text.contains("Examples:"), "\(page)")
        }
        #expect(try project.read("man1/matrix-run.1").contains("SOLTI_OPEN"))
        let file = try project.read("man5/matrix.yml.5")
        for word in [".It Cm axes", ".Ss service", ".Ss proxmox", ".Sh STEPS"] { #expect(file.contains(word), "\(word)") }
    }
}
