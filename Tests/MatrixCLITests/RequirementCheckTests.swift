import Foundation
import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixCLI

/// What `requires:` finds on a machine that a test describes.
@Suite struct RequirementCheckTests {
    private let runner = ScriptedTransport()
    private let place = SourceLocation(file: "m.yml", line: 3, column: 17)
    private let own = "/data/solti-matrix/ansible"

    private func item(_ name: String, _ versions: String? = nil) -> Requirements.Item {
        Requirements.Item(name: name, versions: versions.flatMap { VersionRange($0) }, location: place)
    }

    private func problems(_ requirements: Requirements, named: NamedAnsible? = nil) async -> [String] {
        let environment = ["PATH": "/nowhere", "XDG_DATA_HOME": "/data"]
        let check = RequirementCheck(requirements, named: named, runner: runner, environment: environment)
        return await check.problems().map(\.description)
    }

    private func answer(version: String, python: String = "/usr/bin/python3", packages: String = "") {
        runner.answer(
            "ansible-playbook --version", output: "ansible-playbook [core \(version)]\n  python version = 3.11.2 (main) [GCC] (\(python))\n"
        )
        runner.answer("\(python) -c", output: packages)
    }

    @Test func `An old Ansible of the system has one fix for all of its packages`() async {
        answer(version: "2.14.18", packages: "jmespath 1.0.1\n")
        #expect(
            await problems(Requirements(ansible: item("ansible-core", ">=2.17"), python: [item("jmespath")])) == [
                "m.yml:3:17: error: ansible-core: 2.14.18; the matrix requires >=2.17; run: python3 -m venv \(own) && "
                    + "\(own)/bin/pip install 'ansible-core>=2.17' jmespath"
            ])
    }

    @Test func `An old Ansible that the file names stands in the way of a newer one`() async {
        answer(version: "2.14.18")
        let named = NamedAnsible(path: "/usr/bin", location: SourceLocation(file: "m.yml", line: 4, column: 18))
        let found = await problems(Requirements(ansible: item("ansible-core", ">=2.17")), named: named)
        #expect(found.count == 1)
        let fix = "remove ansible.path at m.yml:4:18, which names /usr/bin, then run: python3 -m venv \(own) && \(own)/bin/pip install"
        #expect(found.first?.contains("; \(fix) 'ansible-core>=2.17'") == true, "\(found)")
    }

    @Test func `Without any Ansible the fix is the same`() async {
        runner.answer("ansible-playbook", exitStatus: 127)
        runner.answer("python3 -c")
        let found = await problems(Requirements(ansible: item("ansible-core", ">=2.17"), python: [item("jmespath")]))
        #expect(found.count == 2)
        #expect(found.first?.contains("not installed; the matrix requires >=2.17; run: python3 -m venv \(own)") == true)
        #expect(found.last?.hasSuffix("\(own)/bin/pip install 'ansible-core>=2.17' jmespath") == true)
    }

    @Test func `An Ansible in a virtual environment is corrected there`() async throws {
        let folder = try TemporaryFolder("venv")
        try folder.put("pyvenv.cfg", "")
        let python = "\(folder.path)/bin/python3"
        answer(version: "2.16.1", python: python, packages: "jmespath 0.9\n")
        let requirements = Requirements(ansible: item("ansible-core", ">=2.17"), python: [item("jmespath", ">=1.0"), item("netaddr")])
        let found = await problems(requirements)
        #expect(found.count == 3)
        #expect(found[0].hasSuffix("run: \(python) -m pip install 'ansible-core>=2.17' 'jmespath>=1.0' netaddr"))
        #expect(found[1].contains("Python package jmespath: 0.9, for \(python); the matrix requires >=1.0"))
        #expect(found[2].contains("Python package netaddr: not installed for \(python)"))
    }

    @Test func `A package of the system's Python comes from the system`() async {
        answer(version: "2.19.1")
        #expect(
            await problems(Requirements(python: [item("python-dateutil")])) == [
                "m.yml:3:17: error: Python package python-dateutil: not installed for /usr/bin/python3; "
                    + "run: sudo apt install python3-dateutil"
            ])
    }

    @Test func `A module without a package counts if no version is asked for`() async {
        answer(version: "2.19.1", packages: "jmespath \n")
        #expect(await problems(Requirements(python: [item("jmespath")])) == [])
        #expect(await problems(Requirements(python: [item("jmespath", ">=1")])).first?.contains("of unknown version") == true)
    }

    @Test func `All lacking collections have one fix`() async {
        answer(version: "2.19.1")
        runner.answer(
            "ansible-galaxy collection list",
            output: #"{"/a": {"community.general": {"version": "7.5.0"}, "ansible.utils": {"version": "5.0.0"}}, "/b": {}}"#)
        let wanted = [item("community.general", ">=8"), item("ansible.utils"), item("ansible.posix")]
        let fix = "run: ansible-galaxy collection install 'community.general:>=8' ansible.posix"
        #expect(
            await problems(Requirements(collections: wanted)) == [
                "m.yml:3:17: error: collection community.general: 7.5.0; the matrix requires >=8; \(fix)",
                "m.yml:3:17: error: collection ansible.posix: not installed; the matrix requires it; \(fix)",
            ])
    }

    @Test func `A missing program names its package`() async {
        #expect(
            await problems(Requirements(commands: [item("helm"), item("no-such-program")])) == [
                "m.yml:3:17: error: helm: not on the PATH; the matrix requires it; install it: apt install helm, or dnf install helm",
                "m.yml:3:17: error: no-such-program: not on the PATH; the matrix requires it; install it, or correct its name or PATH",
            ])
        #expect(runner.commands.isEmpty)
    }
}
