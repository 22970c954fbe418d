import IntegrationSupport
import MatrixCore
import MatrixRemote
import Testing

@testable import MatrixDeployers
@testable import MatrixDeployersTests

/// Which variable wins, and which hosts a play may touch, as the real Ansible has it.
@Suite(.requires(.ansible)) struct AnsibleInventoryTests {
    private let local: [String: Value] = ["ansible_connection": "local", "ansible_python_interpreter": "/usr/bin/python3"]

    @Test(
        "Defaults of a role, all, the playbook's all, a group, a host, set_fact, extra variables: each wins over the one before",
        arguments: AnsibleInstallation.all)
    func precedence(ansible: AnsibleInstallation) async throws {
        let box = try Sandbox(runner: LocalTransport())
        try box.write(
            "{a: default, b: default, c: default, d: default, e: default, f: default, g: default}\n", to: "roles/part/defaults/main.yml")
        try box.write(
            """
            - set_fact: {f: fact, g: fact}
            - name: right
              assert:
                that: "[a, b, c, d, e, f, g] == ['default', 'all', 'beside', 'group', 'host', 'fact', 'extra']"
            """, to: "roles/part/tasks/main.yml")
        try box.write("{c: beside, d: beside, e: beside, f: beside, g: beside}\n", to: "group_vars/all.yml")
        try box.write("- {hosts: all, gather_facts: false, roles: [part]}\n", to: "play.yml")
        func variables(_ names: String, _ value: String) -> [String: Value] {
            Dictionary(names.map { (String($0), .string(value)) }) { $1 }
        }
        let context = box.context(
            vars: variables("bcdefg", "all"),
            inventory: InventoryPlan(
                roles: ["host": box.document(.map(variables("efg", "host")))],
                groups: ["grouped_host": box.document(.map(variables("defg", "group")))]))
        let extra = local.merging(variables("g", "extra")) { $1 }
        let cases = try await box.run(
            box.step("ansible", ["playbook": "play.yml", "extra_vars": .map(extra)], env: ansible.environment), in: context)
        #expect(cases.allSatisfy { $0.outcome == .passed } && cases.contains { $0.name == "part : right" }, "\(cases)")
    }

    private static let theirs = """
        all:
          vars: { level: all of theirs, only: here, ansible_ssh_user: nobody, ansible_ssh_port: 9 }
          hosts: { real: { ansible_host: 192.0.2.1 } }
          children:
            mylab: { children: { grouped_client: {} }, vars: { lab: mylab } }
            other: { hosts: { real: {} } }
        """

    /// A playbook beside that inventory, on a server and a client.
    private func play(_ text: String, theirs: String = Self.theirs, _ ansible: AnsibleInstallation) async throws -> [CaseResult] {
        let box = try Sandbox(runner: LocalTransport())
        try box.write(theirs, to: "theirs/hosts.yml")
        try box.write("{level: group of theirs, site: group of theirs}\n", to: "theirs/group_vars/grouped_client.yml")
        try box.write(text, to: "play.yml")
        let context = box.context(
            roles: ["server", "client"],
            inventory: InventoryPlan(
                sources: ["\(box.path)/theirs"], groups: ["grouped_client": box.document(["level": "group of ours"])]))
        let step = box.step("ansible", ["playbook": "play.yml", "extra_vars": .map(local)], env: ansible.environment)
        return try await box.run(step, in: context)
    }

    @Test(
        "Ansible merges an inventory of the user's with the cell's, and touches only the cell's hosts", arguments: AnsibleInstallation.all)
    func merging(ansible: AnsibleInstallation) async throws {
        let cases = try await play(
            """
            - hosts: all
              gather_facts: false
              tasks:
                - {name: both, assert: {that: "only == 'here' and ansible_ssh_user == 'root' and ansible_ssh_port == 1"}}
                - {name: known, assert: {that: "hostvars['real'].ansible_host == '192.0.2.1' and 'real' in groups['other']"}}
            - hosts: server
              gather_facts: false
              tasks: [{name: server, assert: {that: "level == 'all of theirs' and lab is not defined"}}]
            - hosts: mylab
              gather_facts: false
              tasks: [{name: client, assert: {that: "[level, site, lab] == ['group of ours', 'group of theirs', 'mylab']"}}]
            - hosts: localhost
              gather_facts: false
              tasks: [{name: here, debug: {msg: x}}]
            """, ansible)
        #expect(cases.allSatisfy { $0.outcome == .passed } && cases.count == 8, "\(cases)")
        #expect(!cases.contains { $0.host == "real" })
    }

    @Test("A play that matches only hosts of the user's did nothing, and that is a failure", arguments: AnsibleInstallation.all)
    func foreignHosts(ansible: AnsibleInstallation) async throws {
        let cases = try await play(
            """
            - hosts: all
              gather_facts: false
              tasks: [{name: ours, debug: {msg: x}}]
            - name: theirs
              hosts: other
              gather_facts: false
              tasks: [{name: not ours, debug: {msg: x}}]
            """, ansible)
        let failed = cases.filter { $0.outcome == .failed && $0.type == "matrix.ansible.hosts" }
        #expect(
            failed.count == 1 && failed[0].detail?.contains("A host that only an inventory of yours names is left out.") == true, "\(cases)"
        )
    }

    @Test("If their inventory names this machine, a play on all hosts does not run here", arguments: AnsibleInstallation.all)
    func thisMachine(ansible: AnsibleInstallation) async throws {
        let cases = try await play(
            "- {hosts: all, gather_facts: false, tasks: [{name: ours, debug: {msg: x}}]}\n",
            theirs: "all: { hosts: { localhost: { ansible_connection: local } } }\n", ansible)
        #expect(Set(cases.map(\.name)) == ["site", "ours (server)", "ours (client)"], "\(cases)")
        #expect(cases.allSatisfy { $0.outcome == .passed }, "\(cases)")
    }

    @Test("An inventory that Ansible cannot read is an error, not a run without its variables", arguments: AnsibleInstallation.all)
    func unreadable(ansible: AnsibleInstallation) async throws {
        let error = await #expect(throws: InfrastructureError.self) {
            _ = try await play("- {hosts: all, tasks: []}\n", theirs: "all: [\n", ansible)
        }
        #expect(error?.type == "matrix.ansible.inventory", "\(String(describing: error))")
    }
}
