import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixDeployers

/// What a recipe makes of what its scripts print, on hosts that answer as told.
struct RecipeDeployerTests {
    private static let secret = "xK9vQ2mLp0"

    private func recipe(_ box: Sandbox, _ stages: [Value], options: [String: Value] = [:], systems: [Value] = []) throws -> Recipe {
        var value: [String: Value] = ["recipe": "panel", "summary": "Installs a panel", "options": .map(options), "stages": .list(stages)]
        if !systems.isEmpty { value["systems"] = .list(systems) }
        return try Recipe(box.document(.map(value))) { list in
            list.elements.map { StepPlan(name: $0["name"]?.text ?? "", kind: "command", options: $0) }
        }
    }

    private func deploy(
        _ recipe: Recipe, _ subject: Value = .map([:]), in box: Sandbox, _ context: CellContext, hosts: String? = nil,
        checks: Outcome = .passed
    ) async throws -> [CaseResult] {
        let deployer = RecipeDeployer(recipe, checker: ScriptedChecker { _, _ in checks })
        return box.recorded(try await deployer.deploy(box.step("panel", subject, hosts: hosts), in: context) { line in box.note(line) })
    }

    /// A host that makes folders and whose script prints `output`.
    private func host(_ output: String, exitStatus: Int32 = 0, needs: String = "") -> ScriptedTransport {
        let transport = ScriptedTransport()
        transport.answer("the script", output: output, exitStatus: exitStatus)
        transport.answer("mktemp -d", output: "/tmp/solti-recipe-x")
        transport.answer("rm -rf --", output: "")
        transport.answer("/proc/meminfo", output: needs)
        return transport
    }

    private let stage: Value = [
        "name": "install", "script": "the script", "succeeds_on": "^ready$", "fails_on": "^\\[ERROR\\]",
        "secrets": ["panel": "password is: (\\S+)"],
    ]

    @Test(arguments: [
        ("password is: \(secret)\nready", Int32(0), nil, nil),
        ("password is: \(secret)\nready", 3, "matrix.panel", "exit status 3: ready"),
        ("[ERROR] disk full\npassword is: \(secret)\nready", 0, "matrix.panel.output", "exit status 0, but printed: [ERROR] disk full"),
        ("password is: \(secret)\nalmost", 0, "matrix.panel.unfinished", "no line matches '^ready$'; the last line: almost"),
        ("ready", 0, "matrix.panel.secret", "did not print the secret 'panel'"),
    ])
    func judgesWhatIsPrinted(_ output: String, _ status: Int32, _ type: String?, _ message: String?) async throws {
        let box = try Sandbox()
        let cases = try await deploy(try recipe(box, [stage]), in: box, box.context(transport: host(output, exitStatus: status)))
        #expect(cases.map(\.name) == ["site", "site: install"])
        #expect(Set(cases.map(\.outcome)) == [type == nil ? .passed : .failed])
        #expect(cases[0].type == type)
        #expect(message.map { cases[0].message?.contains($0) == true } ?? (cases[0].message == nil), "\(cases[0].message ?? "")")
    }

    @Test func keepsASecretInTheStoreAndNowhereElse() async throws {
        let box = try Sandbox()
        var context = box.context(transport: host("password is: \(Self.secret)\nagain: \(Self.secret)\nready", exitStatus: 1))
        let store = SecretStore(in: "\(box.path)/private")
        context.secretStore = store
        let cases = try await deploy(try recipe(box, [stage]), in: box, context)
        #expect(store.secrets() == ["panel.debian12-podman": Self.secret])
        #expect(cases[1].properties["secrets"] == "panel.debian12-podman")
        #expect(!"\(cases)".contains(Self.secret))
        #expect(box.files(holding: Self.secret) == ["private/secrets/panel.debian12-podman"])
        // The log's writer is handed the line after the redactor knows the secret.
        #expect(box.redactor.redact(box.logged) == "password is: [redacted]\nagain: [redacted]\nready")
    }

    @Test func doesNothingIfSomethingIsMissing() async throws {
        let box = try Sandbox()
        let needy: Value = ["name": "install", "script": "the script", "needs": ["memory": "2GiB", "fqdn": "true"]]
        func message(_ needs: String, systems: [Value] = []) async throws -> String? {
            let transport = host("ready", needs: needs)
            let cases = try await deploy(try recipe(box, [needy], systems: systems), in: box, box.context(transport: transport))
            #expect(cases.count == 1 && !transport.commands.contains { $0.display.contains("mktemp") })
            return cases[0].message
        }
        #expect(try await message("memory=1048576\nname=a.b")?.contains("it has 1.0 GiB of memory and needs 2.0 GiB") == true)
        #expect(try await message("memory=4194304\nlimit=536870912\nname=a.b")?.contains("512.0 MiB") == true)
        #expect(try await message("memory=1992294\nlimit=max\nname=a")?.contains("hostname -f says 'a'; set provision: domain:") == true)
        #expect(try await message("", systems: ["rocky*"])?.contains("panel is for rocky*, and this cell is debian12") == true)
    }

    @Test func stagesHaveTheirHostsAndAFailureSkipsTheRest() async throws {
        let box = try Sandbox()
        let stages: [Value] = [
            ["name": "server", "script": "the script", "checks": [["name": "up"]]],
            ["name": "agents", "hosts": "agents", "script": "the script"],
            ["name": "enrolled", "on": "server", "when": "agents", "checks": [["name": "active"]]],
            ["name": "master", "on": "server", "first": true, "unless": "agents", "script": "the script", "checks": [["name": "leads"]]],
        ]
        let recipe = try recipe(box, stages, options: ["agents": ["about": "The agents", "type": "hosts"]])
        let context = box.context(roles: ["server", "client"], transport: host("ready"))
        let all = try await deploy(recipe, ["agents": "client"], in: box, context)
        #expect(
            all.map(\.name) == ["site", "site: server (server)", "site: up (server)", "site: agents (client)", "site: active (server)"])
        #expect(all.allSatisfy { $0.outcome == .passed })
        let alone = try await deploy(recipe, in: box, context)
        #expect(
            alone.map(\.name) == [
                "site", "site: server (server)", "site: server (client)", "site: up (server)", "site: up (client)", "site: master (server)",
                "site: leads (server)",
            ])
        let failing = try await deploy(recipe, ["agents": "client"], in: box, context, checks: .failed)
        #expect(failing.map(\.outcome) == [.failed, .passed, .failed, .skipped, .skipped])
        #expect(failing.last?.message == "not run: site: up (server) failed")
        let nobody = try await deploy(recipe, ["agents": "nobody"], in: box, context)
        #expect(nobody.map(\.type) == ["matrix.panel.hosts"])
    }

    @Test func underVerifyOnlyTheChecksAreAsked() async throws {
        let box = try Sandbox()
        let transport = ScriptedTransport()
        var context = box.context(transport: transport)
        context.phase = .verify
        let recipe = try recipe(box, [["name": "install", "script": "the script", "checks": [["name": "up"]]]])
        #expect(try await deploy(recipe, in: box, context).map(\.name) == ["site", "site: up"])
        #expect(transport.commands.isEmpty)
    }

    @Test func optionsAndFilesReachTheScript() async throws {
        let box = try Sandbox()
        try box.write("#!/bin/sh\n", to: "setup.sh")
        let options: [String: Value] = [
            "words": ["about": "Words", "type": "list"], "quick": ["about": "Quick", "type": "flag"],
            "slow": ["about": "Slow", "type": "flag"],
            "file": ["about": "A file", "type": "file"], "size": ["about": "A size", "default": "big"],
        ]
        let transport = host("ready")
        let subject: Value = ["words": ["a b", "c"], "quick": true, "slow": false, "file": "setup.sh"]
        let stages: [Value] = [["name": "install", "script": "the script $option_file"]]
        _ = try await deploy(try recipe(box, stages, options: options), subject, in: box, box.context(transport: transport))
        let script = transport.commands.compactMap(\.input).map { String(decoding: $0, as: UTF8.self) }.joined()
        #expect(script.contains("export option_words='a b\nc'\n") && script.contains("export option_quick=true\n"))
        #expect(
            script.contains("export option_slow=''\n") && script.contains("export option_size=big\n")
                && script.contains("export hosts_install=debian12-podman\n"))
        #expect(transport.uploads == ["/tmp/solti-recipe-x/setup.sh": "\(box.path)/setup.sh"])
        #expect(script.contains("export option_file=/tmp/solti-recipe-x/setup.sh\n"))
        #expect(transport.commands.last?.display == "rm -rf -- /tmp/solti-recipe-x")
    }
}
