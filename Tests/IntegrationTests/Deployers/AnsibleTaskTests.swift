import IntegrationSupport
import MatrixCore
import MatrixRemote
import Synchronization
import Testing

@testable import MatrixDeployers
@testable import MatrixDeployersTests

/// Real playbooks against this machine (`ansible_connection: local`): what becomes of their tasks.
@Suite(.requires(.ansible)) struct AnsibleTaskTests {
    private let local: Value = ["ansible_connection": "local", "ansible_python_interpreter": "/usr/bin/python3"]

    @Test("there is an ansible-core to test with")
    func isPresent() {
        #expect(!AnsibleInstallation.all.isEmpty, "install ansible-core 2.14 or later")
    }

    private func play(
        _ text: String, _ ansible: AnsibleInstallation, in box: Sandbox, options: [String: Value] = [:], beside: [String: Value] = [:],
        roles: [String] = ["host"], hosts: String? = nil
    ) async throws -> [CaseResult] {
        try box.write(text, to: "play.yml")
        let subject = options.merging(["playbook": "play.yml", "extra_vars": local]) { first, _ in first }
        return try await box.run(
            box.step("ansible", .map(subject), hosts: hosts, beside: beside, env: ansible.environment), in: box.context(roles: roles))
    }

    @Test(arguments: AnsibleInstallation.all)
    func aRoleThatIsIncludedByItsPathIsNamedAsElsewhere(ansible: AnsibleInstallation) async throws {
        let box = try Sandbox(runner: LocalTransport())
        try box.write("- {name: of a role, debug: {msg: x}}\n- command: \"false\"\n", to: "checkout/roles/part/tasks/main.yml")
        let cases = try await play(
            """
            - hosts: all
              gather_facts: false
              tasks:
                - include_role: {name: "{{ playbook_dir }}/checkout/roles/part"}
            """, ansible, in: box)
        #expect(cases.map(\.name) == ["site", "part : of a role", "part : command"])
        #expect(cases.last?.detail?.contains("task: part : command (command)") == true, "\(cases)")
    }

    @Test(arguments: AnsibleInstallation.all)
    func everyEndOfATask(ansible: AnsibleInstallation) async throws {
        let box = try Sandbox(runner: LocalTransport())
        try box.write("- {name: inner, debug: {msg: x}}\n", to: "inner.yml")
        try box.write("- {name: of a role, debug: {msg: x}}\n", to: "roles/part/tasks/main.yml")
        let cases = try await play(
            """
            - name: all of it
              hosts: test_platforms
              tasks:
                - {name: calm, command: "true", changed_when: false}
                - {name: "busy {{ solti_os }}", command: "true"}
                - {name: looped, command: "test {{ item }} != b", loop: [a, b, c], ignore_errors: true}
                - {name: hidden, shell: "echo hu``sh-{{ item }}; false", no_log: true, loop: [x, y], ignore_errors: true}
                - block:
                    - {name: broken, shell: "echo oops >&2; exit 3"}
                  rescue:
                    - {name: saved, debug: {msg: hi}}
                - include_tasks: inner.yml
                - import_role: {name: part}
                - {name: calm, command: "true", changed_when: false}
                - {name: left out, command: "true", when: solti_os == 'rocky9'}
                - {name: bad, shell: "echo first; echo the reason >&2; exit 4"}
            """, ansible, in: box)
        let site = try #require(cases.first)
        #expect(site.name == "site" && site.outcome == .failed && site.type == "matrix.ansible.failed")
        #expect(site.message == "bad: exit status 4: the reason")
        let names = [
            "site", "Gathering Facts", "calm", "busy debian12", "looped", "hidden", "broken", "saved", "inner", "part : of a role",
            "calm (2)",
            "left out", "bad",
        ]
        #expect(cases.map(\.name) == names)
        #expect(cases["busy debian12"]?.properties["changed"] == "true" && cases["calm"]?.properties["changed"] == nil)
        #expect(cases["looped"]?.outcome == .passed)
        #expect(cases["looped"]?.properties["ignored"]?.contains("1 of 3 items failed: b") == true)
        #expect(cases["broken"]?.outcome == .passed && cases["broken"]?.properties["rescued"]?.contains("exit status 3: oops") == true)
        #expect(cases["left out"]?.outcome == .skipped && cases["left out"]?.message?.hasPrefix("Conditional result was False") ?? false)
        let counts = ["failed", "rescued", "ignored", "skipped", "unreachable"].map { site.properties[$0] }
        #expect(counts == ["1", "1", "2", "1", "0"])
        let bad = try #require(cases["bad"])
        #expect(bad.outcome == .failed && bad.type == "matrix.ansible.failed" && bad.host == "debian12-podman")
        let detail = try #require(bad.detail)
        for part in [
            "\(box.path)/play.yml:16", "stdout:\n  first", "stderr:\n  the reason", "sh \(box.path)/artifacts/deploy-site/command.sh",
        ] {
            #expect(detail.contains(part), "\(detail)")
        }
        #expect(!cases.contains { "\($0)".contains("hush-") })
        #expect(box.logged.contains("TASK [bad]"))
    }

    /// A display names each task while it runs, with the values in its name.
    @Test(arguments: AnsibleInstallation.all)
    func eachTaskIsAnnounced(ansible: AnsibleInstallation) async throws {
        let box = try Sandbox(runner: LocalTransport())
        try box.write("- {name: of a role, debug: {msg: x}}\n", to: "roles/part/tasks/main.yml")
        try box.write(
            """
            - hosts: all
              gather_facts: false
              tasks:
                - {name: "busy {{ solti_os }}", command: "true", notify: again}
                - import_role: {name: part}
              handlers:
                - {name: again, command: "true"}
            """, to: "play.yml")
        let said = Mutex<[String]>([])
        var context = box.context(roles: ["host", "other"])
        context.announce = { task in said.withLock { $0.append(task) } }
        let step = box.step("ansible", ["playbook": "play.yml", "extra_vars": local], env: ansible.environment)
        let cases = try await box.run(step, in: context)
        #expect(cases.first?.outcome == .passed, "\(cases)")
        #expect(said.withLock { $0 } == ["task 1: busy debian12", "task 2: part : of a role", "task 3: again"])
    }

    /// What a playbook passes over is said with the step.
    @Test(arguments: AnsibleInstallation.all)
    func whatIsPassedOverIsNoted(ansible: AnsibleInstallation) async throws {
        let cases = try await play(
            """
            - hosts: all
              gather_facts: false
              tasks:
                - {name: passed over, command: "false", ignore_errors: true}
                - block: [{name: caught, command: "false"}]
                  rescue: [{name: saved, debug: {msg: x}}]
            """, ansible, in: Sandbox(runner: LocalTransport()))
        #expect(cases[0].note == "1 task failed and was ignored; 1 task failed and was rescued")
    }

    /// A play that does nothing on the cell's hosts is green, but said; strict fails it.
    @Test(arguments: AnsibleInstallation.all)
    func playsThatTouchNoHostAreNoted(ansible: AnsibleInstallation) async throws {
        let idle = [
            "- {name: prepare, hosts: localhost, connection: local, gather_facts: false, tasks: [{command: 'true'}]}",
            "- {name: prepare, hosts: all, connection: local, gather_facts: false, tasks: [{command: 'true'}]}",
            "- {name: prepare, hosts: all, gather_facts: false, tasks: [{command: 'true', delegate_to: localhost}]}",
            "- {name: prepare, hosts: all, gather_facts: false, tasks: [{local_action: {module: command, cmd: 'true'}}]}",
            "- {name: prepare, hosts: all, check_mode: true, gather_facts: false, tasks: [{file: {path: /tmp, state: directory}}]}",
            "- {name: prepare, hosts: all, tasks: [{debug: {msg: hello}}]}",
            "- {name: prepare, hosts: all, gather_facts: false, tasks: [{set_fact: {a: 1}}, {ansible.builtin.assert: {that: a == 1}}]}",
        ]
        for text in idle {
            let cases = try await play(text, ansible, in: Sandbox(runner: LocalTransport()))
            #expect(cases[0].outcome == .passed && cases[0].note == "the play `prepare` touched no host of this cell", "\(text)\n\(cases)")
            let strict = try await play(text, ansible, in: Sandbox(runner: LocalTransport()), options: ["strict": true])
            #expect(strict[0].outcome == .failed && strict[0].type == "matrix.ansible.nothing", "\(text)\n\(strict)")
        }
        for text in [
            "- {hosts: all, gather_facts: false, tasks: [{command: 'true'}]}",
            "- {hosts: all, tasks: [{assert: {that: ansible_facts.os_family is defined}}]}",
        ] {
            let cases = try await play(text, ansible, in: Sandbox(runner: LocalTransport()), options: ["strict": true])
            #expect(cases[0].outcome == .passed && cases[0].note == nil, "\(text)\n\(cases)")
        }
    }

    @Test(arguments: AnsibleInstallation.all)
    func strictFailsIgnoredAndRescued(ansible: AnsibleInstallation) async throws {
        let text = """
            - hosts: all
              gather_facts: false
              tasks:
                - {name: passed over, command: "false", ignore_errors: true}
                - block: [{name: caught, command: "false"}]
                  rescue: [{name: saved, debug: {msg: x}}]
            """
        let mild = try await play(text, ansible, in: Sandbox(runner: LocalTransport()))
        #expect(mild.allSatisfy { $0.outcome == .passed })
        let strict = try await play(text, ansible, in: Sandbox(runner: LocalTransport()), options: ["strict": true])
        #expect(strict["passed over"]?.type == "matrix.ansible.ignored" && strict["caught"]?.type == "matrix.ansible.rescued")
        #expect(strict.filter { $0.outcome == .failed }.map(\.name) == ["site", "passed over", "caught"])
    }

    /// Ten cells that wait for their tasks would need half a core. The project's own value stays.
    @Test(arguments: AnsibleInstallation.all)
    func waitingForATaskTakesLittleTime(ansible: AnsibleInstallation) async throws {
        let filter = """
            from ansible import constants
            class FilterModule:
                def filters(self):
                    return {"interval": lambda _: str(constants.DEFAULT_INTERNAL_POLL_INTERVAL)}
            """
        let text = "- hosts: all\n  gather_facts: false\n  tasks: [{name: \"every {{ 0 | interval }} s\", debug: {msg: x}}]\n"
        let box = try Sandbox(runner: LocalTransport())
        try box.write(filter, to: "filter_plugins/interval.py")
        #expect(try await play(text, ansible, in: box).map(\.name) == ["site", "every 0.01 s"])
        try box.write("[defaults]\ninternal_poll_interval = 0.2\n", to: "ansible.cfg")
        #expect(try await play(text, ansible, in: box).map(\.name) == ["site", "every 0.2 s"])
    }

    @Test(arguments: AnsibleInstallation.all)
    func unreachableIsAnError(ansible: AnsibleInstallation) async throws {
        let text = "- hosts: all\n  gather_facts: false\n  tasks: [{name: asked, ping: {}}]\n"
        let cases = try await play(text, ansible, in: Sandbox(runner: LocalTransport()), options: ["extra_vars": [:]])
        #expect(cases.map(\.outcome) == [.error, .error])
        #expect(cases["asked"]?.type == "matrix.ansible.unreachable" && cases.first?.type == "matrix.ansible.unreachable")
        #expect(cases["asked"]?.message?.contains("host could not be reached") == true)
    }

    @Test(arguments: AnsibleInstallation.all)
    func noHostsMatchedIsAFailure(ansible: AnsibleInstallation) async throws {
        let text = """
            - {name: here, hosts: grouped_server, gather_facts: false, tasks: [{name: works, debug: {msg: x}}]}
            - {name: nowhere, hosts: dbservers, gather_facts: false, tasks: [{debug: {msg: x}}]}
            - {name: elsewhere, hosts: client, gather_facts: false, tasks: [{name: works, debug: {msg: x}}]}
            """
        let whole = try await play(text, ansible, in: Sandbox(runner: LocalTransport()), roles: ["server", "client"])
        #expect(Set(whole.map(\.name)) == ["site", "here : works (server)", "elsewhere : works (client)", "nowhere : hosts"])
        #expect(whole["nowhere : hosts"]?.outcome == .failed && whole["nowhere : hosts"]?.type == "matrix.ansible.hosts")
        #expect(whole.first?.outcome == .failed && whole.first?.message?.contains("dbservers") == true)
        let limited = try await play(text, ansible, in: Sandbox(runner: LocalTransport()), roles: ["server", "client"], hosts: "server")
        #expect(limited["elsewhere : hosts"]?.outcome == .skipped && limited["nowhere : hosts"]?.outcome == .failed)
    }

    @Test(arguments: AnsibleInstallation.all)
    func aPlaybookThatDoesNothingFails(ansible: AnsibleInstallation) async throws {
        let empty = try await play("- hosts: all\n", ansible, in: Sandbox(runner: LocalTransport()))
        #expect(empty.first?.outcome == .failed && empty.first?.type == "matrix.ansible.nothing")
        let tagged = "- hosts: all\n  tasks: [{name: one, debug: {msg: x}, tags: [one]}, {name: two, debug: {msg: x}, tags: [two]}]\n"
        let none = try await play(tagged, ansible, in: Sandbox(runner: LocalTransport()), options: ["tags": ["three"]])
        #expect(none.first?.outcome == .failed && none.first?.type == "matrix.ansible.nothing")
        let some = try await play(
            tagged, ansible, in: Sandbox(runner: LocalTransport()), options: ["tags": ["one", "two"], "skip_tags": "two"])
        #expect(some.map(\.outcome) == [.passed, .passed, .passed] && some["one"] != nil)
        let skipped = try await play(
            "- hosts: all\n  tasks: [{debug: {msg: x}, when: false}]\n", ansible, in: Sandbox(runner: LocalTransport()))
        #expect(skipped.first?.message?.contains("all 1 tasks were skipped") == true)
    }

    @Test(arguments: AnsibleInstallation.all)
    func aSecondRunMustChangeNothing(ansible: AnsibleInstallation) async throws {
        let steady = """
            - hosts: all
              gather_facts: false
              tasks:
                - {name: once, copy: {content: x, dest: "{{ playbook_dir }}/made"}}
                - {name: always, command: "true", tags: [molecule-idempotence-notest]}
            """
        let good = try await play(steady, ansible, in: Sandbox(runner: LocalTransport()), beside: ["idempotence": true])
        #expect(good.map(\.outcome) == [.passed, .passed, .passed, .passed] && good.last?.name == "site idempotence")
        let restless = "- hosts: all\n  gather_facts: false\n  tasks: [{name: every time, command: 'true'}]\n"
        let bad = try await play(restless, ansible, in: Sandbox(runner: LocalTransport()), beside: ["idempotence": true])
        let verdict = try #require(bad["site idempotence"])
        #expect(bad["site"]?.outcome == .passed && verdict.outcome == .failed && verdict.type == "matrix.ansible.idempotence")
        #expect(
            verdict.message == "1 task changed something in the second run: every time" && verdict.detail?.contains("play.yml:3") ?? false)
        let broken = try await play(
            "- hosts: all\n  tasks: [{command: 'false'}]\n", ansible, in: Sandbox(runner: LocalTransport()), beside: ["idempotence": true])
        #expect(broken.last?.name == "site idempotence" && broken.last?.outcome == .skipped)
    }

    @Test(arguments: AnsibleInstallation.all)
    func aPlaybookThatCannotBeReadIsAnError(ansible: AnsibleInstallation) async throws {
        let syntax = try await play("- hosts: all\n  tasks: [{nosuchkey: x, command: x}]\n", ansible, in: Sandbox(runner: LocalTransport()))
        #expect(syntax.map(\.outcome) == [.error] && syntax.first?.type == "matrix.ansible.syntax")
        #expect(syntax.first?.message?.contains("conflicting action statements") == true, "\(syntax)")
        let role = try await play("- hosts: all\n  roles: [nosuchrole]\n", ansible, in: Sandbox(runner: LocalTransport()))
        #expect(role.map(\.outcome) == [.error] && role.first?.type == "matrix.ansible.role")
        #expect(role.first?.message?.contains("nosuchrole") == true && role.first?.detail?.contains("command.sh") ?? false)
        let box = try Sandbox(runner: LocalTransport())
        let missing = try await box.run(box.step("ansible", ["playbook": "gone.yml"], env: ansible.environment), in: box.context())
        #expect(missing.first?.outcome == .error && missing.first?.type == "matrix.ansible.playbook")
    }
}
