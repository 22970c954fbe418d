import Foundation
import IntegrationSupport
import MatrixCore
import Testing

/// `contrib/run-proxmox-tests.sh`: what people call in place of solti-monitoring's script of that name.
@Suite(.requires(.programs, .helperPrograms)) struct DropInTests {
    private static let script = Project.repository.appendingPathComponent("contrib/run-proxmox-tests.sh").path
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
    private func call(_ project: Project, _ environment: [String: String], _ arguments: String...) throws -> (status: Int32, output: String)
    {
        let words = environment.merging([
            "SOLTI_MATRIX": MatrixProcess.executable, "SOLTI_MATRIX_FILE": "away.yml", "HOME": project.url.path,
            "PROXMOX_URL": "https://pve.invalid:8006",
        ]) { own, _ in own }
        let unset = words.filter(\.value.isEmpty).flatMap { ["-u", $0.key] }
        let set = words.filter { !$0.value.isEmpty }.map { "\($0.key)=\($0.value)" }
        return try Shell.run(["env", "-C", project.url.path] + unset + set + [Self.script] + arguments)
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
        #expect(try call(project, ["PROXMOX_URL": ""], "--scenario", "green.yml").status == 2)
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
}
