import Foundation
import IntegrationSupport
import MatrixCore
import MatrixRemote
import Testing

@testable import MatrixDeployers
@testable import MatrixDeployersTests

/// Steps on a host that is reached by a real sshd.
@Suite(.requires(.sshd, .root)) struct OverSSHTests {
    @Test(.requires(.ansible), arguments: AnsibleInstallation.all)
    func aPlaybookRunsAndLeavesNoConnection(ansible: AnsibleInstallation) async throws {
        let host = try LoopbackSSH()
        let box = try Sandbox(runner: LocalTransport())
        try box.write(
            """
            - hosts: test_platforms
              tasks:
                - {name: connected, assert: {that: "ansible_connection | default('ssh') == 'ssh' and solti_role == 'host'"}}
                - {name: by ssh, shell: "test -n \\"$SSH_CONNECTION\\"", changed_when: false}
                - {name: copied, copy: {content: x, dest: "\(box.path)/copied"}}
            """, to: "play.yml")
        let subject: Value = ["playbook": "play.yml", "extra_vars": ["ansible_python_interpreter": "/usr/bin/python3"]]
        let step = box.step("ansible", subject, beside: ["idempotence": true], env: ansible.environment)
        let cases = try await box.run(step, in: box.context(endpoint: host.endpoint, transport: host))
        #expect(cases.map(\.name) == ["site", "Gathering Facts", "connected", "by ssh", "copied", "site idempotence"])
        #expect(cases.allSatisfy { $0.outcome == .passed }, "\(cases)")
        #expect(FileSystem.names(in: "\(box.path)/scratch").isEmpty)
        let left = try await LocalTransport().run(Command(["pgrep", "-af", "ssh.*\(box.path)/scratch"]))
        #expect(!left.succeeded, "\(left.output)")
    }

    @Test(
        "Steps work in every folder that a shell takes", .requires(.ansible),
        arguments: ["feature%2Fx", "50%h", "{{x}} {%", "$HOME", "a:b,c", "o'brien", #"a "quoted" one"#, #"back\slash"#])
    func oddFolders(name: String) async throws {
        let box = try Sandbox(runner: LocalTransport(), folder: name)
        let host = try LoopbackSSH(in: "\(box.path)/keys")
        try box.write("{beside: yes it is}\n", to: "group_vars/all.yml")
        try box.write("- {name: role, assert: {that: \"beside == 'yes it is'\"}}\n", to: "more/part/tasks/main.yml")
        try box.write("namespace: acme\nname: tools\n", to: "checkout/galaxy.yml")
        try box.write("- {name: collection, command: echo hi, changed_when: false}\n", to: "checkout/roles/hello/tasks/main.yml")
        try box.write("- {hosts: all, gather_facts: false, roles: [part, acme.tools.hello]}\n", to: "play.yml")
        let subject: Value = [
            "playbook": "play.yml", "roles_path": "more", "collections": "checkout",
            "extra_vars": ["ansible_python_interpreter": "/usr/bin/python3"],
        ]
        let cases = try await box.run(box.step("ansible", subject), in: box.context(endpoint: host.endpoint, transport: host))
        #expect(cases.allSatisfy { $0.outcome == .passed } && cases.count == 3, "\(cases)")
        let again = try await LocalTransport().run(Command(["sh", "\(box.path)/artifacts/deploy-site/command.sh"]))
        #expect(again.exitStatus == 0, "\(again.output) \(again.errorOutput)")
        #expect(FileSystem.names(in: "\(box.path)/scratch").isEmpty)
        let role = box.step("ansible", ["role": "./more/part", "extra_vars": ["beside": "yes it is"]], name: "role")
        let byPath = try await box.run(role, in: box.context(endpoint: host.endpoint, transport: host))
        #expect(byPath.allSatisfy { $0.outcome == .passed } && byPath.last?.name == "part : role", "\(byPath)")
        try await box.runner.require(Command(["chmod", "+x", try box.write("#!/bin/sh\necho hello\n", to: "hello.sh")]), "chmod")
        let shell = try await box.run(
            box.step("shell", ["file": "hello.sh"], name: "own"), in: box.context(endpoint: host.endpoint, transport: host))
        #expect(shell.allSatisfy { $0.outcome == .passed }, "\(shell)")
        let local = try await box.run(box.step("local", ["./hello.sh"], name: "here"), in: box.context())
        #expect(local.allSatisfy { $0.outcome == .passed }, "\(local)")
    }

    @Test(
        "Ansible reaches a run's host, and a pool's, with a RemoteCommand in the user's ssh_config", .requires(.ansible),
        arguments: ["none", "owner"])
    func usersConfiguration(whose: String) async throws {
        let box = try Sandbox(runner: LocalTransport())
        let host = try LoopbackSSH(in: "\(box.path)/keys")
        var endpoint = host.endpoint
        if whose == "owner" { endpoint.furtherOptions = [] }
        // `ssh` finds the file by the account, not by HOME: a wrapper puts it in front, as if it were the account's.
        try box.write("Host *\n  RemoteCommand echo hijacked\n  RequestTTY force\n", to: "config")
        let wrapper = """
            #!/bin/sh
            for word; do [ "$word" != -F ] || exec /usr/bin/ssh "$@"; done
            exec /usr/bin/ssh -F '\(box.path)/config' "$@"

            """
        try await box.runner.require(Command(["chmod", "+x", try box.write(wrapper, to: "bin/ssh")]), "chmod")
        try box.write("- {hosts: all, gather_facts: false, tasks: [{name: asks, command: hostname}]}\n", to: "play.yml")
        let subject: Value = ["playbook": "play.yml", "extra_vars": ["ansible_python_interpreter": "/usr/bin/python3"]]
        let step = box.step("ansible", subject, env: ["ANSIBLE_SSH_EXECUTABLE": "\(box.path)/bin/ssh"])
        let cases = try await box.run(step, in: box.context(endpoint: endpoint, transport: host))
        #expect(cases.map(\.outcome) == [.passed, .passed], "\(cases)")
    }

    @Test("Shared facts are those of the step before; after a second run they are asked for again", .requires(.ansible))
    func sharedFacts() async throws {
        let host = try LoopbackSSH()
        let box = try Sandbox(runner: LocalTransport())
        try box.write("- {hosts: all, tasks: [{name: knows, assert: {that: ansible_facts.kernel is defined}}]}\n", to: "play.yml")
        func gathered(_ facts: String, idempotence: Bool = false) async throws -> Bool {
            let subject: Value = [
                "playbook": "play.yml", "facts": .string(facts), "extra_vars": ["ansible_python_interpreter": "/usr/bin/python3"],
            ]
            let step = box.step("ansible", subject, beside: ["idempotence": .bool(idempotence)])
            let cases = try await box.run(step, in: box.context(endpoint: host.endpoint, transport: host))
            #expect(cases.allSatisfy { $0.outcome == .passed }, "\(cases)")
            return cases.contains { $0.name == "Gathering Facts" }
        }
        #expect(try await gathered("fresh"))
        #expect(try await gathered("shared") && !FileSystem.names(in: "\(box.path)/scratch/facts").isEmpty)
        #expect(try await !gathered("shared"))
        #expect(try await gathered("fresh"))
        #expect(try await !gathered("shared", idempotence: true))
    }

    @Test func aScratchFolderTooLongForSocketsIsNoProblem() async throws {
        let long = "/tmp/\(UInt32.random(in: 0...UInt32.max))-" + String(repeating: "long", count: 25)
        try FileSystem.makeFolder(long)
        defer { FileSystem.remove(long) }
        let masters = try ControlMasters(in: long)
        #expect(masters.folder.hasPrefix("/tmp/solti-") && masters.folder.utf8.count <= ControlMasters.longestFolder)
        await masters.close(using: LocalTransport())
        #expect(!FileSystem.exists(masters.folder))
    }

    @Test func aScriptRunsOnEveryHost() async throws {
        let host = try LoopbackSSH()
        let box = try Sandbox(runner: LocalTransport())
        let script = """
            cat   # would eat the rest of a script on standard input
            test "$TOKEN" = "it's ${secrets.token}"
            echo "$SOLTI_CELL $(id -un) ${host.role}" >> \(box.path)/out
            """
        let context = box.context(roles: ["server", "client"], endpoint: host.endpoint, transport: host, secrets: ["token": "very secret"])
        let step = box.step("shell", .string(script), name: "seed", env: ["TOKEN": "it's ${secrets.token}"])
        let cases = try await box.run(step, in: context)
        #expect(cases.map(\.name) == ["seed", "seed (server)", "seed (client)"] && cases.allSatisfy { $0.outcome == .passed }, "\(cases)")
        let lines = Set((FileSystem.text(of: "\(box.path)/out") ?? "").split(separator: "\n"))
        #expect(lines == ["debian12-podman root server", "debian12-podman root client"])
        #expect(box.files(holding: "very secret") == [])
        let one = box.step("shell", "id -un", name: "one", hosts: "client", beside: ["as": "nobody"])
        #expect(try await box.run(one, in: context).map(\.name) == ["one", "one (client)"])
        #expect(box.logged.contains("[client] nobody"))
    }

    @Test func aScriptThatFailsShowsWhyAndHowToSeeIt() async throws {
        let host = try LoopbackSSH()
        let box = try Sandbox(runner: LocalTransport())
        let context = box.context(endpoint: host.endpoint, transport: host)
        let cases = try await box.run(box.step("shell", "echo before\necho why >&2\nfalse\necho after"), in: context)
        #expect(cases.map(\.outcome) == [.failed] && cases[0].message == "exit status 1 on host: why", "\(cases)")
        let detail = try #require(cases[0].detail)
        #expect(detail.contains("before\nwhy") && !box.logged.contains("after"))
        let line = try #require(detail.split(separator: "\n").first?.dropFirst(2))
        let again = try await LocalTransport().run(Command(["sh", "-c", String(line)]))
        #expect(again.exitStatus == 1 && again.output == "before")
    }

    @Test func aFileRunsByItsOwnInterpreter() async throws {
        let host = try LoopbackSSH()
        let box = try Sandbox(runner: LocalTransport())
        try box.write(
            "#!/usr/bin/env python3\nimport os, sys\nprint('py', sys.argv[1:], os.environ['X'])\nsys.exit(5)\n", to: "scripts/a.py")
        try box.write("false\necho \"sh $1 $2\"\n", to: "scripts/b.sh")
        let context = box.context(endpoint: host.endpoint, transport: host)
        let python = try await box.run(
            box.step("shell", ["file": "scripts/a.py", "args": ["a b", "${host.role}"]], env: ["X": "y z"]), in: context)
        #expect(python[0].outcome == .failed && python[0].message == "exit status 5 on host: py ['a b', 'host'] y z", "\(python)")
        let plain = try await box.run(box.step("shell", ["file": "scripts/b.sh", "args": ["1", "it's"]]), in: context)
        #expect(plain[0].outcome == .passed && box.logged.contains("sh 1 it's"))
    }

    @Test func aLostConnectionIsNoVerdict() async throws {
        let host = try LoopbackSSH()
        let box = try Sandbox(runner: LocalTransport())
        let step = box.step("shell", "kill -9 $PPID; sleep 5")
        await #expect(throws: InfrastructureError.self) {
            try await box.run(step, in: box.context(endpoint: host.endpoint, transport: host))
        }
    }

    @Test func filesAreCollectedWithoutSecrets() async throws {
        let host = try LoopbackSSH()
        let box = try Sandbox(runner: LocalTransport())
        try box.write("line\ntoken=very secret\n", to: "logs/deep/a.log")
        try box.write("fine\n", to: "logs/b.log")
        try box.write("PK\u{0}very secret", to: "logs/c.bin")
        try FileSystem.link("\(box.path)/logs/link", to: "/etc/shadow")
        let context = box.context(endpoint: host.endpoint, transport: host, secrets: ["token": "very secret"])
        let logs = "\(box.path)/logs"
        let step = box.step(
            "collect", [.string(logs), .string("\(logs)/b.log"), "/nowhere/at/all", ["journal": "no-such-unit"]], name: "collect")
        let cases = try await box.run(step, in: context)
        #expect(cases.map(\.outcome) == [.passed], "\(cases)")
        let below = "\(box.path)/artifacts/debian12-podman\(logs)"
        #expect(FileSystem.files(below: below) == ["b.log", "deep/a.log"])
        #expect(FileSystem.text(of: "\(below)/deep/a.log") == "line\ntoken=[redacted]\n")
        let detail = try #require(cases[0].detail)
        #expect(detail.contains("host: /nowhere/at/all: not there") && detail.contains("1 binary files that hold a secret left out"))
        #expect(detail.contains("journal of no-such-unit: not there") && FileSystem.names(in: "\(box.path)/scratch").isEmpty)
    }

    /// What `du` says of a sparse file, and what arrives.
    @Test func sizesAreThoseOfTheContent() async throws {
        let host = try LoopbackSSH()
        let box = try Sandbox(runner: LocalTransport())
        try box.write("kept\n", to: "logs/a.log")
        try box.write("one\n", to: "logs/an odd 'name'\n-x/b")
        try await LocalTransport().require(
            Command(["truncate", "-s", "3G", "\(box.path)/logs/sparse"]), "making a sparse file")
        try await LocalTransport().require(
            Command(["sh", "-c", "yes 0123456789 | head -c 60000000 >\"$1\"", "sh", "\(box.path)/logs/growing"]), "making a large file")
        try await LocalTransport().require(
            Command(["sh", "-c", "cd \"$1\" && mkfifo pipe && ln -s a.log latest && ln -s /nowhere gone", "sh", "\(box.path)/logs"]),
            "making links")
        let logs = "\(box.path)/logs"
        let step = box.step("collect", [.string(logs), .string("\(logs)/sparse"), .string("\(logs)/growing")], name: "collect")
        let cases = try await box.run(step, in: box.context(endpoint: host.endpoint, transport: host))
        let below = "\(box.path)/artifacts/debian12-podman\(logs)"
        #expect(FileSystem.files(below: below) == ["a.log", "an odd 'name'_-x/b", "growing"])
        #expect(FileSystem.size(of: "\(below)/growing") < 50 << 20)
        let detail = try #require(cases.first?.detail)
        #expect(detail.contains("larger than 50.0 MiB and left out: "), "\(detail)")
        #expect(detail.contains("sparse (3.0 GiB)") && detail.contains("growing (57.2 MiB)"), "\(detail)")
        #expect(detail.contains("growing (the last 50.0 MiB)"), "\(detail)")
        #expect(detail.contains("3 links, pipes, sockets or devices left out"), "\(detail)")
        #expect(detail.contains("sparse: left out: its end has no line that is whole"))
    }
}
