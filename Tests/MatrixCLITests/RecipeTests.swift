import Foundation
import MatrixTesting
import Testing

@testable import MatrixCLI
@testable import MatrixCore

/// Recipes: those of the program, and a user's beside a matrix file, read before anything is created.
struct RecipeTests {
    private final class Folder {
        private let folder: TemporaryFolder
        var path: String { folder.path }

        init(_ recipe: String = "", deploy: String) throws {
            folder = try TemporaryFolder()
            try FileManager.default.createDirectory(atPath: "\(path)/recipes", withIntermediateDirectories: true)
            if !recipe.isEmpty { try folder.put("recipes/mine.yml", recipe) }
            try folder.put("m.yml", "version: 1\nname: m\naxes: { os: [debian12], platform: [podman] }\ndeploy:\n  - \(deploy)\n")
        }

        /// What is wrong, with paths relative to the folder.
        var problems: [String] {
            do {
                _ = try MatrixSource.load("\(path)/m.yml")
                return []
            } catch {
                return "\(error)".replacing("\(path)/", with: "").split(separator: "\n").map(String.init)
            }
        }
    }

    private func problems(_ deploy: String, recipe: String = "") throws -> [String] { try Folder(recipe, deploy: deploy).problems }

    @Test func ofTheProgramAreKindsLikeAllOthers() throws {
        let kinds = try Deployers.all(beside: nil, runner: NoTransport()).map(\.declaration)
        #expect(kinds.map(\.kind).suffix(2) == ["ispconfig", "wazuh"])
        #expect(kinds.allSatisfy { !$0.summary.isEmpty && !$0.summary.hasSuffix(".") && $0.example.contains($0.kind) })
        #expect(try problems("ispconfig: { domain: panel.example.org, options: [nginx, no-mail, use-php=system] }") == [])
        #expect(try problems("{ hosts: host, wazuh: { version: '4.9', agents: host } }") == [])
    }

    @Test func nameWhatIsWrongWithAStep() throws {
        #expect(try problems("ispconfig: {}").first?.hasPrefix("m.yml:5:16: error: the options of ispconfig needs `domain`") == true)
        #expect(try problems("ispconfig: { domian: panel.example.org }").contains { $0.contains("did you mean `domain`?") })
        #expect(
            try problems("ispconfig: { domain: panel }") == [
                "m.yml:5:26: error: `domain` must be a full name (panel.example.org), not `panel`"
            ])
        #expect(try problems("ispconfig: { domain: a.b, options: [--no-mail] }").first?.contains("a switch without dashes") == true)
        let both = try problems("ispconfig: { domain: a.b, url: https://x, file: gone.sh }")
        #expect(both.contains { $0.contains("url and file exclude each other; keep one of them") })
        #expect(both.contains { $0.contains("there is no file gone.sh") })
        #expect(try problems("wazuh: { version: 5.0 }").first?.contains("must be a release of Wazuh 4 (4.14)") == true)
        #expect(try problems("wazuh: { indexer: a, manager: b }").first?.contains("belong together, and dashboard is missing") == true)
    }

    @Test func ofAUserAreFoundBesideTheMatrixFile() throws {
        let recipe = """
            recipe: minio
            summary: Installs MinIO
            options: { version: { about: The release, default: latest } }
            stages:
              - name: install
                script: echo "$option_version"
                checks: [{ service: minio, within: 30s }, { command: "echo ${option.version} ${hosts.install}" }]
            """
        #expect(try problems("minio: { version: '1' }", recipe: recipe) == [])
        #expect(try problems("minio: { verson: '1' }", recipe: recipe).first?.contains("did you mean `version`?") == true)
        #expect(try problems("mino: {}", recipe: recipe).first?.contains("did you mean `minio`?") == true)
        #expect(try problems("minio: {}").first?.contains("there is no step `minio`") == true)
    }

    @Test func nameEveryProblemOfARecipeAtOnce() throws {
        let recipe = """
            recipe: shell
            summary: Is wrong in many ways
            options: { word: { about: A word }, role: { about: A role } }
            exclusive: [[word, wrd]]
            stages:
              - { name: a, script: "true", hosts: role, fails_on: ['(', 'x*'], secrets: { s: 'no group' } }
              - { name: a }
              - { name: b, on: c, when: werd, checks: [{ command: "echo ${vars.x}" }, { servce: x }], files: [x] }
            """
        let found = try problems("shell: 'true'", recipe: recipe)
        for part in [
            "recipes/mine.yml:4:20: error: there is no option `wrd`; did you mean `word`?", "the option `role` names no hosts",
            "`(` is not a regular expression", "`x*` matches an empty line", "`no group` must have exactly one group",
            "there are two stages `a`",
            "the stage does nothing", "there is no stage `c` with its own hosts", "there is no option `werd`",
            "`${vars.x}` is unknown in a recipe",
            "there is no check `servce`; did you mean `service`?", "the stage has no script, so there is no output to match",
        ] { #expect(found.contains { $0.contains(part) }, "\(part)\n\(found.joined(separator: "\n"))") }
        let taken = try problems("shell: 'true'", recipe: "recipe: shell\nsummary: Takes a name\nstages: [{ name: a, script: echo }]")
        #expect(taken == ["recipes/mine.yml:1:9: error: there is already a step or check `shell`; give the recipe another name"])
    }
}

/// Runs nothing: only declarations are asked for.
private struct NoTransport: Transport {
    private static let error = InfrastructureError("no transport", why: "only declarations are asked for", isTransient: false)

    func run(_ command: Command, onLine: @Sendable (OutputLine) async -> Void) async throws -> CommandResult { throw Self.error }
    func upload(_ local: String, to remote: String) async throws { throw Self.error }
    func download(_ remote: String, to local: String) async throws { throw Self.error }
    func forward(to host: String, port: Int) async throws -> Int { throw Self.error }
    func commandLine(for command: Command) -> String { command.display }
    func close() async {}
}
