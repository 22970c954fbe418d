import Foundation
import IntegrationSupport
import MatrixCore
import MatrixRemote
import MatrixTesting
import Testing

@testable import MatrixDeployers
@testable import MatrixDeployersTests

/// What an `ansible` step generates and hands over: roles, collections, variables, secrets, vaults, the command to paste.
@Suite(.requires(.ansible)) struct AnsibleStepTests {
    private let local: [String: Value] = ["ansible_connection": "local", "ansible_python_interpreter": "/usr/bin/python3"]

    @Test(arguments: AnsibleInstallation.all)
    func aRoleByNameWithTasksFrom(ansible: AnsibleInstallation) async throws {
        let box = try Sandbox(runner: LocalTransport())
        try box.write("- {name: says, assert: {that: \"word == 'given' and number == 3\"}}\n", to: "my roles/part/tasks/other.yml")
        let vars = local.merging(["word": "given", "number": 3]) { $1 }
        let subject: Value = ["role": "part", "tasks_from": "other", "roles_path": "my roles", "become": false, "extra_vars": .map(vars)]
        let cases = try await box.run(box.step("ansible", subject, env: ansible.environment), in: box.context())
        #expect(cases.map(\.outcome) == [.passed, .passed, .passed] && cases.last?.name == "part : says", "\(cases)")
        let missing: Value = ["role": "nosuchrole", "become": false, "extra_vars": .map(local)]
        let none = try await box.run(box.step("ansible", missing, env: ansible.environment), in: box.context())
        #expect(none.map(\.outcome) == [.error] && none.first?.type == "matrix.ansible.role")
    }

    @Test(arguments: AnsibleInstallation.all)
    func aCheckoutIsACollection(ansible: AnsibleInstallation) async throws {
        let box = try Sandbox(runner: LocalTransport())
        try box.write("namespace: acme  # ours\nname: \"tools\"\nversion: 1.0.0\nauthors: [x]\nreadme: R\n", to: "checkout/galaxy.yml")
        try box.write("- {name: from the checkout, debug: {msg: x}}\n", to: "checkout/roles/hello/tasks/main.yml")
        try box.write("- {name: from the tree, debug: {msg: x}}\n", to: "tree/ansible_collections/other/kit/roles/hi/tasks/main.yml")
        let folders: Value = ["checkout", "tree"]
        for role in ["acme.tools.hello", "other.kit.hi"] {
            let subject: Value = ["role": .string(role), "collections": folders, "become": false, "extra_vars": .map(local)]
            let cases = try await box.run(box.step("ansible", subject, env: ansible.environment), in: box.context())
            #expect(cases.last?.name.contains("from the") == true && cases.allSatisfy { $0.outcome == .passed }, "\(cases)")
        }
        #expect(FileSystem.names(in: "\(box.path)/scratch").isEmpty)
    }

    @Test(arguments: AnsibleInstallation.all)
    func secretsReachTasksAndNoFile(ansible: AnsibleInstallation) async throws {
        let box = try Sandbox(runner: LocalTransport())
        try box.write(
            """
            - hosts: all
              gather_facts: false
              tasks:
                - {name: right, assert: {that: "(token | hash('sha256')) == expected and plain == 'a ' ~ 'b'"}}
                - {name: env, command: "test {{ lookup('env', 'OWN') | length }} -eq 22"}
                - {name: leaky, shell: "echo {{ token | quote }}; false"}
            """, to: "play.yml")
        let secret = "s3cret \"quoted\" $HOME"
        let digest = try await LocalTransport().run(Command(["sha256sum"], input: Array("pre-\(secret)".utf8))).output.prefix(64)
        let vars = local.merging([
            "token": "pre-${secrets.token}", "expected": .string(String(digest)), "plain": "{{ 'a ' ~ vars_b }}", "vars_b": "b",
        ]) { $1 }
        let step = box.step(
            "ansible", ["playbook": "play.yml", "extra_vars": .map(vars), "env": ["OWN": "x${secrets.token}"]], env: ansible.environment)
        let cases = try await box.run(step, in: box.context(secrets: ["token": secret]))
        #expect(cases.map(\.outcome) == [.failed, .passed, .passed, .failed], "\(cases)")
        #expect(cases["leaky"]?.detail?.contains("[redacted]") == true)
        #expect(!cases.contains { "\($0)".contains("s3cret") })
        #expect(box.files(holding: "s3cret") == [])
        let script = try #require(FileSystem.text(of: "\(box.path)/artifacts/deploy-site/command.sh"))
        #expect(script.contains("${SOLTI_SECRET_TOKEN:?") && script.contains("export OWN=\"x${SOLTI_SECRET_TOKEN}\""))
    }

    @Test(arguments: AnsibleInstallation.all)
    func aVaultIsOpenedByASecret(ansible: AnsibleInstallation) async throws {
        let box = try Sandbox(runner: LocalTransport())
        let file = try box.write("hidden: treasure\n", to: "vault.yml")
        let password = try box.write("open sesame\n", to: "pw")
        try await box.runner.require(
            Command(["ansible-vault", "encrypt", "--vault-password-file", password, file], environment: ansible.environment), "encrypt")
        FileSystem.remove(password)
        try box.write(
            "- hosts: all\n  gather_facts: false\n  tasks: [{name: opened, assert: {that: \"hidden == 'treasure'\"}}]\n", to: "play.yml")
        let subject: Value = ["playbook": "play.yml", "vars_files": ["vault.yml"], "vault": "door", "extra_vars": .map(local)]
        let step = box.step("ansible", subject, env: ansible.environment)
        let cases = try await box.run(step, in: box.context(secrets: ["door": "open sesame"]))
        #expect(cases.map(\.outcome) == [.passed, .passed], "\(cases)")
        #expect(box.files(holding: "open sesame") == [])
        let wrong = try await box.run(step, in: box.context(secrets: ["door": "wrong password"]))
        #expect(wrong.map(\.outcome) == [.error] && wrong.first?.type == "matrix.ansible.vault", "\(wrong)")
        await #expect(throws: UsageError.self) { try await box.run(step, in: box.context(secrets: ["doors": "x"])) }
    }

    @Test(arguments: AnsibleInstallation.all)
    func theCommandRunsItAgain(ansible: AnsibleInstallation) async throws {
        let box = try Sandbox(runner: LocalTransport())
        try box.write("namespace: acme\nname: tools\n", to: "it's a checkout/galaxy.yml")
        try box.write(
            "- {name: marks, shell: \"echo {{ word | quote }} {{ lookup('env', 'SOLTI_CELL') }} >> {{ mark }}\"}\n",
            to: "it's a checkout/roles/hello/tasks/main.yml")
        let vars = local.merging(["word": "it's", "mark": .string("\(box.path)/mark")]) { $1 }
        let subject: Value = ["role": "acme.tools.hello", "collections": "it's a checkout", "become": false, "extra_vars": .map(vars)]
        let first = try await box.run(box.step("ansible", subject, env: ansible.environment), in: box.context())
        #expect(first.allSatisfy { $0.outcome == .passed }, "\(first)")
        let again = try await LocalTransport().run(
            Command(["sh", "\(box.path)/artifacts/deploy-site/command.sh", "--diff"], environment: ["HOME": box.path]))
        #expect(again.exitStatus == 0, "\(again.output) \(again.errorOutput)")
        #expect(FileSystem.text(of: "\(box.path)/mark") == "it's debian12-podman\nit's debian12-podman\n")
    }

    @Test(arguments: AnsibleInstallation.all)
    func theProjectsOwnConfigurationIsUsed(ansible: AnsibleInstallation) async throws {
        let box = try Sandbox(runner: LocalTransport())
        try box.write("[defaults]\n# ours\nroles_path = ./elsewhere\nstdout_callback = minimal\n", to: "project/ansible.cfg")
        try box.write("- {name: found, debug: {msg: x}}\n", to: "project/elsewhere/part/tasks/main.yml")
        try box.write("- {name: local, debug: {msg: x}}\n", to: "more/other/tasks/main.yml")
        try box.write("- {hosts: all, gather_facts: false, roles: [part, other]}\n", to: "project/deep/play.yml")
        let subject: Value = ["playbook": "deep/play.yml", "directory": "project", "roles_path": ["more"], "extra_vars": .map(local)]
        let cases = try await box.run(box.step("ansible", subject, env: ansible.environment), in: box.context())
        #expect(cases.map(\.name) == ["site", "part : found", "other : local"] && cases.allSatisfy { $0.outcome == .passed }, "\(cases)")
        #expect(!box.logged.contains("TASK ["))
    }

    @Test func interruptionEndsIt() async throws {
        let box = try Sandbox(runner: LocalTransport())
        let mark = "31\(UInt16.random(in: 10_000...60_000))"
        try box.write("- hosts: all\n  gather_facts: false\n  tasks: [{name: long, command: \"sleep \(mark)\"}]\n", to: "play.yml")
        let step = box.step("ansible", ["playbook": "play.yml", "extra_vars": .map(local)])
        let task = Task { try await box.run(step, in: box.context()) }
        #expect(await eventually { await Self.isRunning("sleep \(mark)") })
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(await eventually { await !Self.isRunning(mark) })
        #expect(FileSystem.names(in: "\(box.path)/scratch").isEmpty)
    }

    private static func isRunning(_ pattern: String) async -> Bool {
        (try? await LocalTransport().run(Command(["pgrep", "-f", pattern])).succeeded) == true
    }
}
