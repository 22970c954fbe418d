import Foundation
import IntegrationSupport
import MatrixCore
import Testing

/// `contrib/run-proxmox-tests.sh` and `run-podman-tests.sh`: what people call in place of solti-monitoring's scripts of these names.
@Suite(.requires(.programs, .helperPrograms)) struct DropInTests {
    private static let contrib = Project.repository.appendingPathComponent("contrib").path
    private static let matrix = """
        version: 1
        name: away
        platforms:
          proxmox:
            driver: proxmox
            endpoint: ${env.PROXMOX_URL}
            token: { id: "a@pve!b", secret: { env: PROXMOX_TOKEN_SECRET } }
            node: pve
            vmids: 20000-20099
            storage: local-lvm
          podman: { driver: podman }
        axes: { os: [rocky9, debian12], platform: [proxmox, podman] }
        vars: { capabilities: "${env.MOLECULE_CAPABILITIES:-logs,metrics}" }
        deploy: [{ name: site, shell: "echo ${vars.capabilities}" }]
        verify: [{ service: ssh }]
        """

    /// Runs the script in a project folder; what `environment` sets to nothing is not set.
    private func call(
        _ project: Project, _ environment: [String: String], script: String = "run-proxmox-tests.sh", _ arguments: String...
    ) throws -> (status: Int32, output: String) {
        let words = environment.merging([
            "SOLTI_MATRIX": MatrixProcess.executable, "SOLTI_MATRIX_FILE": "away.yml", "HOME": project.url.path,
            "PROXMOX_URL": "https://pve.invalid:8006",
        ]) { own, _ in own }
        let unset = words.filter(\.value.isEmpty).flatMap { ["-u", $0.key] }
        let set = words.filter { !$0.value.isEmpty }.map { "\($0.key)=\($0.value)" }
        return try Shell.run(["env", "-C", project.url.path] + unset + set + ["\(Self.contrib)/\(script)"] + arguments)
    }

    private func project() throws -> Project {
        let project = try Project()
        try project.write(Self.matrix, to: "away.yml")
        try project.write("speed: 1000", to: "green.yml")
        let fault = "{ phase: verify, step: \"service ssh*\", outcome: failed, message: nobody listens }"
        try project.write("speed: 1000\ncells: [{ cell: \"rocky9-*\", faults: [\(fault)] }]", to: "red.yml")
        return project
    }

    private func cells(_ output: String) throws -> [String] {
        try JSON.decode(RunResult.self, from: Array(output.utf8)).cells.filter { $0.outcome != .skipped }.map(\.name)
    }

    @Test func runsAllSystemsOrTheOneThatIsNamed() throws {
        let project = try project()
        let all = try call(project, [:], "--scenario", "green.yml", "--format", "json")
        #expect(all.status == 0)
        #expect(try cells(all.output) == ["rocky9-proxmox", "debian12-proxmox"])
        let one = try call(project, ["PROXMOX_DISTRO": "debian12"], "--scenario", "green.yml", "--format", "json")
        #expect(one.status == 0)
        #expect(try cells(one.output) == ["debian12-proxmox"])
        #expect(!project.exists("verify_output"))
    }

    @Test func keepsALogOfEachSystemAndAnHonestStatus() throws {
        let project = try project()
        let ending = try call(project, ["MOLECULE_CAPABILITIES": "logs"], "--verify-output", "--scenario", "red.yml")
        #expect(ending.status == 1)
        #expect(ending.output.contains("rocky9-proxmox"))
        let logs = try FileManager.default.contentsOfDirectory(atPath: project.url.appendingPathComponent("verify_output").path).sorted()
        #expect(logs.count == 2)
        #expect(logs.allSatisfy { $0.wholeMatch(of: /proxmox-(debian12|rocky9)-\d{8}_\d{6}\.log/) != nil })
        let red = try project.read("verify_output/\(try #require(logs.last))")
        #expect(red.contains("nobody listens") && !red.contains("debian12"))
    }

    @Test func aMissingVariableOrAnUnknownSystemIsStatusTwo() throws {
        let project = try project()
        // A rehearsal needs none.
        #expect(try call(project, ["PROXMOX_URL": ""]).status == 2)
        #expect(try call(project, ["PROXMOX_DISTRO": "rocky8"], "--verify-output", "--scenario", "green.yml").status == 2)
        #expect(try call(project, ["SOLTI_MATRIX": "no-such-program"]).status == 2)
        #expect(!project.exists("reports"))
    }

    /// The files of secrets fill in what is not set, and override nothing.
    @Test func readsTheSecretsOfADevelopmentMachine() throws {
        let project = try project()
        try project.write("PROXMOX_URL=https://other.invalid:8006\n", to: ".secrets/LabProvision")
        try project.write("PROXMOX_DISTRO=debian12\n", to: ".secrets/proxmox-exports")
        let ending = try call(project, ["PROXMOX_URL": "", "PROXMOX_DISTRO": "rocky9"], "--scenario", "green.yml", "--format", "json")
        #expect(ending.status == 0)
        #expect(try cells(ending.output) == ["rocky9-proxmox"])
    }

    // MARK: - Podman

    private static let containers = """
        version: 1
        name: containers
        axes: { os: [debian12, debian13, rocky9, rocky10, ubuntu2404], platform: [podman] }
        deploy: [{ name: site, shell: "ls ${env.SOLTI_MONITORING}" }]
        verify: [{ service: ssh }]
        """

    /// A collection's folder with a program that prints what it is called with instead of `matrix`, and one for Podman.
    private func collection() throws -> Project {
        let project = try Project()
        try project.write("", to: "molecule/podman/molecule.yml")
        try project.write(Self.containers, to: "away.yml")
        try project.write("speed: 1000", to: "green.yml")
        for (name, text) in ["matrix": "printf '<%s> ' \"$@\"; echo", "podman": "{ printf '<%s> ' \"$@\"; cat; } >podman.log"] {
            try project.write("#!/bin/sh\n\(text)\n", to: "bin/\(name)")
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o755], ofItemAtPath: project.url.appendingPathComponent("bin/\(name)").path)
        }
        return project
    }

    private func log(_ project: Project) throws -> String { try project.read("verify_output/latest_test.out") }

    @Test func fromTheCollectionsFolderPodmanRunsItsFourSystems() throws {
        let project = try collection()
        let all = try call(project, [:], script: "run-podman-tests.sh", "--scenario", "green.yml", "-n", "mine")
        #expect(all.status == 0, "\(all.output)")
        for system in ["debian12", "debian13", "rocky9", "ubuntu2404"] { #expect(all.output.contains("\(system)-podman  ✓ passed")) }
        #expect(!all.output.contains("rocky10-podman"))
        let logs = try FileManager.default.contentsOfDirectory(atPath: project.url.appendingPathComponent("verify_output").path).sorted()
        #expect(logs.count == 2 && logs[1].wholeMatch(of: /mine-test-\d{8}-\d{6}\.out/) != nil, "\(logs)")
        #expect(try log(project).contains("Status: SUCCESS"))
    }

    @Test(arguments: ["uut-ct0": "debian12", "uut-ct1": "rocky9", "uut-ct2": "ubuntu2404", "uut-ct3": "debian13"])
    func aContainerOfMoleculeIsACell(_ container: String, _ system: String) throws {
        let project = try collection()
        let environment = ["MOLECULE_PLATFORM_NAME": container, "PROXMOX_DISTRO": "rocky9"]
        let ending = try call(project, environment, script: "run-podman-tests.sh", "--scenario", "green.yml")
        #expect(ending.status == 0, "\(ending.output)")
        #expect(ending.output.contains("\(system)-podman  ✓ passed") && ending.output.contains("4 not selected"), "\(ending.output)")
    }

    @Test func whatThePodmanScriptDoesNotKnowIsStatusTwo() throws {
        let project = try collection()
        let script = "run-podman-tests.sh"
        #expect(try call(project, ["MOLECULE_PLATFORM_NAME": "uut-ct7"], script: script, "--simulate").status == 2)
        #expect(try call(project, [:], script: script, "--tests", "traces").status == 2)
        #expect(try call(project, [:], script: script, "-t").status == 2)
        #expect(try call(project, ["SOLTI_MATRIX": "no-such-program"], script: script).status == 2)
        #expect(!project.exists("verify_output"))
        let help = try call(project, ["SOLTI_MATRIX": "no-such-program"], script: script, "--help")
        #expect(help.status == 0 && help.output.contains("MOLECULE_PLATFORM_NAME"))
    }

    /// The registry's password reaches Podman by its standard input only.
    @Test func theirRegistryIsLoggedInToAndTheirImagesAreTaken() throws {
        let project = try collection()
        try project.write("LAB_TLD=lab.example\nunset_is_no_error=$nowhere\n", to: ".secrets/LabProvision")
        try project.write("GITEA_HOST=gitea.lab.example GITEA_USER=me\nGITEA_PASSWD='pass word'\n", to: ".secrets/LabGiteaToken")
        let path = "\(project.url.path)/bin:/usr/bin:/bin"
        let environment = ["PATH": path, "SOLTI_MATRIX": "matrix", "SOLTI_MATRIX_FILE": "", "MOLECULE_PLATFORM_NAME": "uut-ct1"]
        let ending = try call(project, environment, script: "run-podman-tests.sh", "-t", "logs", "--keep", "failed")
        #expect(ending.status == 0, "\(ending.output)")
        #expect(ending.output.contains("<--tags> <logs>") && ending.output.contains("<--cell> <rocky9-podman>"), "\(ending.output)")
        #expect(ending.output.contains("<os.rocky9.container=gitea.lab.example/jackaltx/testing-containers/rocky-ssh:9>"))
        #expect(ending.output.contains("<--keep> <failed>"))
        #expect(try project.read("podman.log") == "<login> <--username> <me> <--password-stdin> <gitea.lab.example> pass word")
        #expect(!ending.output.contains("pass word"))
        let own = environment.merging(["SOLTI_IMAGES": "ghcr.io/jackaltx/testing-containers", "MOLECULE_PLATFORM_NAME": ""]) { $1 }
        let other = try call(project, own, script: "run-podman-tests.sh")
        #expect(other.output.contains("<os.debian13.container=ghcr.io/jackaltx/testing-containers/debian-ssh:13>"), "\(other.output)")
        #expect(other.output.contains("<os.ubuntu2404.container=ghcr.io/jackaltx/testing-containers/ubuntu-ssh:24>"))
    }

    /// What the collection's verify has written for each cell is where the original leaves it, with the indices of the vault.
    @Test func theResultsOfTheVerifyAreGathered() throws {
        let project = try collection()
        try project.write("report\n", to: "report/artifacts/debian12-podman/verify_output/obsidian/runs/one/run.md")
        try project.write("report\n", to: "report/artifacts/debian13-podman/verify_output/obsidian/runs/two/run.md")
        try project.write("#!/bin/sh\necho \"reports: $PWD/report/index.html\"; exit 1\n", to: "bin/matrix")
        try project.write("#!/bin/sh\nls \"$1/runs\" >\"$1/index.md\"\n", to: "bin/regenerate-obsidian-indices.sh")
        for name in ["matrix", "regenerate-obsidian-indices.sh"] {
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o755], ofItemAtPath: project.url.appendingPathComponent("bin/\(name)").path)
        }
        let environment = ["SOLTI_MATRIX": "\(project.url.path)/bin/matrix"]
        #expect(try call(project, environment, script: "run-podman-tests.sh").status == 1)
        #expect(try log(project).contains("Status: FAILED - Exit code 1"))
        #expect(try project.read("verify_output/obsidian/index.md") == "one\ntwo\n")
        #expect(try call(project, environment, "--verify-output").status == 1)
    }

    /// A link in the collection is as good as the script itself.
    @Test func aLinkToTheScriptFindsTheProject() throws {
        let project = try collection()
        let link = project.url.appendingPathComponent("run-podman-tests.sh").path
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "\(Self.contrib)/run-podman-tests.sh")
        let ending = try Shell.run([
            "env", "-C", project.url.path, "-u", "SOLTI_MATRIX_FILE", "HOME=\(project.url.path)",
            "SOLTI_MATRIX=\(project.url.path)/bin/matrix", "./run-podman-tests.sh",
        ])
        #expect(ending.status == 0 && ending.output.contains("<\(Project.repository.path)/matrices/full.yml>"), "\(ending.output)")
    }
}
