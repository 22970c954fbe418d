import MatrixCore
import Testing

@testable import MatrixDeployers

/// Which Ansible there is.
@Suite struct AnsibleToolTests {
    @Test func aMissingOrOldAnsibleSaysHowToInstallIt() async throws {
        let scripted = ScriptedRunner { _ in
            CommandResult(exitStatus: 127, standardError: Array("env: 'ansible-playbook': No such file".utf8))
        }
        let box = try Sandbox(runner: scripted)
        let missing = await #expect(throws: InfrastructureError.self) {
            try await box.run(box.step("ansible", ["playbook": "x.yml"]), in: box.context())
        }
        #expect(
            missing?.type == "matrix.ansible.missing" && missing?.isTransient == false
                && missing?.next?.contains("apt-get install ansible-core") ?? false)
        let old = try Sandbox(
            runner: ScriptedRunner { _ in CommandResult(exitStatus: 0, standardOutput: Array("ansible-playbook [core 2.13.9]\n".utf8)) })
        let error = await #expect(throws: InfrastructureError.self) {
            try await old.run(old.step("ansible", ["playbook": "x.yml"]), in: old.context())
        }
        #expect(error?.why == "it is version 2.13.9" && error?.next?.contains("2.14") ?? false)
        #expect(AnsibleTool.isOlder("2.9.27") && !AnsibleTool.isOlder("2.19.1rc1"))
    }
}
