import Foundation
import IntegrationSupport
import MatrixCore
import Testing

/// `matrix init` and `matrix doctor` by the built program.
@Suite(.requires(.programs)) struct SetupTests {
    @Test(arguments: ["podman", "proxmox", "linode", "static"]) func whatInitWritesIsValid(_ platform: String) async throws {
        let project = try Project()
        let made = try await MatrixProcess.run(
            ["init", "--platform", platform, "--os", "debian12", "--os", "rocky9", "--name", "web"], in: project)
        try #require(made.status == 0, "\(made.errors)")
        #expect(made.output.contains("2 cells: debian12-\(platform), rocky9-\(platform)"))
        #expect(project.exists("matrices/platforms/\(platform).yml"))
        let valid = try await MatrixProcess.run(["validate", "matrices/web.yml"], in: project)
        #expect(valid.status == 0, "\(valid.errors)")
        // A second time would overwrite what the user has changed since.
        try project.write("mine", to: "matrices/platforms/\(platform).yml")
        let again = try await MatrixProcess.run(["init", "--platform", platform, "--name", "web"], in: project)
        #expect(again.status == 2 && again.errors.contains("would be overwritten"))
        #expect(try project.read("matrices/platforms/\(platform).yml") == "mine")
        #expect(try await MatrixProcess.run(["init", "--platform", platform, "--name", "web", "--force"], in: project).status == 0)
    }

    /// A cluster's nodes are another platform's hosts: both platforms have their file.
    @Test(arguments: ["podman", "proxmox", "linode", "static"]) func whatInitWritesForAClusterIsValid(_ nodes: String) async throws {
        let project = try Project()
        let arguments = ["init", "--platform", "k3s", "--nodes", nodes, "--os", "debian12", "--name", "web"]
        let made = try await MatrixProcess.run(arguments, in: project)
        try #require(made.status == 0, "\(made.errors)")
        #expect(made.output.contains("1 cell: debian12-k3s"))
        #expect(try project.read("matrices/platforms/k3s.yml").contains("nodes: \(nodes)"))
        #expect(project.exists("matrices/platforms/\(nodes).yml"))
        // The schema's reader sees the manifest and the lender; a rehearsal sees that every step has its driver.
        try project.write("speed: 10000", to: "fast.yml")
        let ran = try await MatrixProcess.run(["run", "matrices/web.yml", "--scenario", "fast.yml"], in: project)
        #expect(ran.status == 0, "\(ran.errors)")
        try project.write("mine", to: "matrices/web-greeting.yml")
        #expect(try await MatrixProcess.run(arguments, in: project).status == 2)
        #expect(try project.read("matrices/web-greeting.yml") == "mine")
    }

    @Test(arguments: [["--platform", "podman", "--nodes", "podman"], ["--platform", "k3s", "--nodes", "k3s"], ["--nodes", "linode"]])
    func nodesGoWithAClusterOnly(_ arguments: [String]) async throws {
        let project = try Project()
        #expect(try await MatrixProcess.run(["init"] + arguments, in: project).status == 2)
        #expect(!project.exists("matrices"))
    }

    @Test func initTakesTheFoldersNameAndPodman() async throws {
        let project = try Project()
        #expect(try await MatrixProcess.run(["init", "My Site"], in: project).status == 0)
        #expect(project.exists("My Site/matrices/my-site.yml") && project.exists("My Site/matrices/platforms/podman.yml"))
    }

    @Test func theFarmsSettingsAreValid() async throws {
        let project = try Project()
        let settings = Project.repository.appendingPathComponent("matrices/platforms/pi-farm.yml").path
        try project.write(
            """
            version: 1
            use: [\(settings)]
            axes: { os: [debian12], platform: [pi-farm] }
            hosts: { control: {}, worker: { count: 3, size: { memory: 2GiB } } }
            verify: [{ service: ssh }]
            """, to: "m.yml")
        let valid = try await MatrixProcess.run(["validate", "m.yml"], in: project)
        #expect(valid.status == 0, "\(valid.errors)")
    }

    private func doctor(_ arguments: [String], _ project: Project, environment: [String: String] = [:]) async throws -> (
        ending: MatrixProcess.Ending, findings: [Value]
    ) {
        let ending = try await MatrixProcess.run(["doctor", "--format", "json"] + arguments, in: project, environment: environment)
        guard case .list(let findings)? = Value(json: ending.output) else {
            Issue.record("\(ending.errors)\(ending.output)")
            return (ending, [])
        }
        return (ending, findings)
    }

    @Test func doctorNamesAMissingToolWithItsPackage() async throws {
        let project = try Project()
        let bin = project.url.appendingPathComponent("bin")
        try FileManager.default.createDirectory(at: bin, withIntermediateDirectories: true)
        try project.write("#!/bin/sh\necho 'OpenSSH_6.6p1 Old' >&2\n", to: "bin/ssh")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: bin.appendingPathComponent("ssh").path)
        let (ending, findings) = try await doctor([], project, environment: ["PATH": bin.path])
        #expect(ending.status == 3)
        func finding(_ subject: String) -> Value? { findings.first { $0["subject"]?.string == subject } }
        #expect(finding("ssh-keygen")?["state"] == "missing" && finding("ssh-keygen")?["fix"] == "sudo apt install openssh-client")
        #expect(finding("ssh")?["detail"]?.string?.contains("6.6 is too old: 7.6 or newer") == true)
        // Without a matrix file nobody knows that it is needed.
        #expect(finding("podman")?["state"] == "warning")
        #expect(finding("state folder")?["state"] == "ok")
    }

    /// A stand-in for an installed Ansible: all that is asked of it is its version.
    private func putAnsible(_ version: String, in folder: String, of project: Project) throws {
        let python = "  python version = 3.11.2 (main) [GCC] (/usr/bin/python3)"
        let text = "#!/bin/sh\necho 'ansible-playbook [core \(version)]'\necho '\(python)'\n"
        try project.write(text, to: "\(folder)/ansible-playbook")
        let path = project.url.appendingPathComponent("\(folder)/ansible-playbook").path
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    }

    @Test func aRequirementIsCheckedBeforeAnythingIsCreated() async throws {
        let project = try Project()
        // In both places: the machine may have a newer one for all accounts, which comes after the account's.
        for folder in ["bin", "data/solti-matrix/ansible/bin"] { try putAnsible("2.14.18", in: folder, of: project) }
        try project.write(
            """
            version: 1
            axes: { os: [debian12], platform: [podman] }
            requires: { ansible-core: ">=2.17", python: [json], commands: [sh, no-such-program] }
            verify: [{ service: ssh }]
            """, to: "m.yml")
        let path = "\(project.url.path)/bin:\(ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")"
        let environment = ["PATH": path, "XDG_DATA_HOME": "\(project.url.path)/data"]
        let place = "\(project.url.path)/data/solti-matrix/ansible"
        let old =
            "m.yml:3:27: error: ansible-core: 2.14.18; the matrix requires >=2.17; run: python3 -m venv \(place) && "
            + "\(place)/bin/pip install 'ansible-core>=2.17' json"
        for command in ["plan", "run", "create"] {
            let ending = try await MatrixProcess.run([command, "m.yml"], in: project, environment: environment)
            #expect(ending.status == 2 && ending.errors.contains(old), "\(command): \(ending.errors)")
            #expect(ending.errors.contains("no-such-program: not on the PATH"))
            #expect(command != "plan" || ending.output.contains("the matrix requires >=2.17"), "\(ending.output)")
        }
        #expect(try await MatrixProcess.run(["status"], in: project).output.hasPrefix("nothing is up"))
        #expect(!project.exists("reports"))
        let (ending, findings) = try await doctor(["m.yml"], project, environment: environment)
        #expect(ending.status == 3)
        #expect(findings.contains { $0["subject"] == "ansible-core" && $0["state"] == "missing" && $0["fix"] != .null })
        #expect(findings.contains { $0["subject"] == "Python package json" && $0["state"] == "ok" })

        // The command of the fix makes this folder; it comes before the PATH.
        try putAnsible("2.19.1", in: "data/solti-matrix/ansible/bin", of: project)
        let (_, then) = try await doctor(["m.yml"], project, environment: environment)
        #expect(then.contains { $0["subject"] == "ansible-core" && $0["state"] == "ok" })
        // What the file names comes before both.
        let named = ["m.yml", "--set", "ansible.path=bin"]
        let (_, last) = try await doctor(named, project, environment: environment)
        #expect(last.contains { $0["subject"] == "ansible-core" && $0["state"] == "missing" })
    }

    @Test func doctorAsksWhatAMatrixNeeds() async throws {
        let project = try Project()
        try project.write(
            """
            version: 1
            platforms:
              farm: { driver: static, os: debian12, connect_timeout: 2s, hosts: [{ name: nobody, address: 127.0.0.1, port: 1 }] }
            axes: { os: [debian12], platform: [farm] }
            secrets: { token: { env: SOLTI_TEST_UNSET_TOKEN } }
            verify: [{ service: ssh }]
            """, to: "m.yml")
        let (ending, findings) = try await doctor(["m.yml"], project)
        #expect(ending.status == 3)
        let bad = findings.filter { $0["state"] == "missing" }
        #expect(bad.contains { $0["subject"] == "secrets" && $0["detail"]?.string?.contains("token") == true && $0["fix"] != .null })
        #expect(bad.contains { $0["subject"] == "platform farm" && $0["detail"]?.string?.contains("too small") == true })
        #expect(findings.contains { $0["detail"]?.string?.contains("connection refused") == true })
        #expect(!findings.contains { $0["subject"] == "podman" })
        // Nothing was leased or left.
        #expect(try await MatrixProcess.run(["status"], in: project).output.hasPrefix("nothing is up"))
    }
}
