import Foundation
import MatrixCore
import Testing

/// The suites of `matrices/suites/` on real hosts, with stand-ins of the official installers' interface (`fixtures/installers`).
@Suite(.serialized, .needsAnsible) struct SuitesTests {
    private static let installers = Project.repository.appendingPathComponent("fixtures/installers").path
    private static let names = ["containers", "ensemble", "k3s-farm", "wazuh"]
    /// What a rehearsal on containers leaves out: nothing is downloaded by the hosts.
    private static let quick = ["--set", "provision.update_cache=false", "--set", "provision.packages=[ca-certificates]"]

    private static func file(_ suite: String) -> String { Project.repository.appendingPathComponent("matrices/suites/\(suite).yml").path }

    private func run(_ suite: String, in project: Project, _ environment: [String: String] = [:], _ more: [String] = []) async throws -> MatrixProcess.Ending {
        let arguments = ["run", Self.file(suite), "--format", "plain", "-v", "--reports", "reports", "--state", ".matrix"]
        return try await MatrixProcess.run(arguments + more, in: project, environment: ["SUITE_PLATFORM": "podman"].merging(environment) { $1 })
    }

    @Test func allValidateForTheirOwnPlatforms() async throws {
        let project = try Project()
        let environment = [
            "SUITE_PLATFORM": "", "SUITE_NODES": "", "LINODE_TOKEN": "token", "PROXMOX_URL": "https://pve.invalid:8006", "PROXMOX_USER": "a@pve",
            "SOLTI_CONTAINERS": "\(Self.installers)/solti-containers", "PROXMOX_TOKEN_ID": "b", "PROXMOX_TOKEN_SECRET": "secret", "PROXMOX_NODE": "pve",
        ]
        let ending = try await MatrixProcess.run(["validate"] + Self.names.map(Self.file), in: project, environment: environment)
        #expect(ending.status == 0, "\(ending.errors)")
        #expect(ending.output.split(separator: "\n").count == Self.names.count)
    }

    /// The panel is up, and the passwords that its installer made up are in the store and nowhere else.
    @Test func thePanelsPasswordsAreInTheStoreAndInNoOutput() async throws {
        let project = try Project()
        let file = "\(Self.installers)/ispconfig.sh"
        let arguments = ["run", Self.file("ensemble"), "--format", "plain", "-v", "--reports", "reports", "--state", ".matrix", "--keep", "always"]
        let process = try MatrixProcess(arguments + Self.quick, in: project, environment: ["SUITE_PLATFORM": "podman", "ISPCONFIG_INSTALLER": file])
        // The hosts are containers: their processes are in this list, too.
        var commands: Set<String> = []
        while process.isRunning {
            commands.formUnion(Self.processes())
            try await Task.sleep(for: .milliseconds(50))
        }
        let ending = try await process.ending()
        let report = try Report(project)
        let secrets = project.files().filter { $0.path.contains("/.matrix/runs/\(report.run)/secrets/") }
        let values = try secrets.map { String(decoding: try Data(contentsOf: $0), as: UTF8.self).trimmingCharacters(in: .newlines) }
        let cleared = try await MatrixProcess.run(
            ["destroy", Self.file("ensemble"), "--state", ".matrix"], in: project, environment: ["SUITE_PLATFORM": "podman"])
        try #require(ending.status == 0, "\(ending.errors)\n\(ending.output)")
        #expect(cleared.status == 0, "\(cleared.errors)")
        #expect(Set(secrets.map(\.lastPathComponent)) == ["ispconfig.debian12-podman", "ispconfig-mysql.debian12-podman"])
        #expect(Set(values.map(\.count)) == [15, 20])
        #expect(ending.errors.contains("Your ISPConfig admin password is: [redacted]"))
        for value in values {
            #expect(!ending.errors.contains(value) && !ending.output.contains(value) && !cleared.errors.contains(value))
            #expect(!commands.contains { $0.contains(value) }, "in the process list")
            // The store went with the run's last host.
            for file in project.files() { #expect(try Data(contentsOf: file).range(of: Data(value.utf8)) == nil, "\(value) in \(file.path)") }
        }
        let cases = report.result.cells[0].cases
        #expect(cases.contains { $0.name == "panel: the panel answers over TLS" && $0.outcome == .passed })
        #expect(cases.contains { $0.step == "the panel is still what it was" && $0.name.hasSuffix("no service of the panel is down") && $0.outcome == .passed })
        #expect(try Podman.leftovers(of: report.run).isEmpty)
        try report.validateJUnit()
    }

    /// The command lines of all processes.
    private static func processes() -> [String] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return entries.filter { Int($0) != nil }.compactMap { pid in
            FileManager.default.contents(atPath: "/proc/\(pid)/cmdline").map { String(decoding: $0, as: UTF8.self) }
        }
    }

    @Test func aWazuhAgentIsActive() async throws {
        let project = try Project()
        let package = project.url.appendingPathComponent("wazuh-agent.deb").path
        #expect(try Shell.run("\(Self.installers)/wazuh-agent/build.sh", package).status == 0)
        let ending = try await run("wazuh", in: project, ["WAZUH_INSTALLER": "\(Self.installers)/wazuh-install.sh", "WAZUH_AGENT": package], Self.quick)
        try #require(ending.status == 0, "\(ending.errors)\n\(ending.output)")
        let report = try Report(project)
        let active = report.result.cells[0].cases.filter { $0.name.contains("every agent is active (server)") }
        #expect(active.map(\.outcome) == [.passed, .passed])
        #expect(ending.errors.contains("Password: [redacted]"))
        #expect(try Podman.leftovers(of: report.run).isEmpty)
        try report.validateJUnit()
    }

    @Test func theFarmsClusterIsUp() async throws {
        let project = try Project()
        let fixtures = Project.repository.appendingPathComponent("fixtures/k3s").path
        let environment = [
            "SUITE_NODES": "podman", "K3S_SCRIPT": "\(fixtures)/install.sh", "K3S_BINARY": "\(fixtures)/k3s", "K3S_VERSION": "v1.31.5+k3s1",
            "K3S_UNINSTALL": "always",
        ]
        let podman = ["--set", "platforms.podman.driver=podman", "--set", "platforms.podman.packages=[openssl, kubernetes-client]"]
        let ending = try await run("k3s-farm", in: project, environment, podman)
        try #require(ending.status == 0, "\(ending.errors)\n\(ending.output)")
        let report = try Report(project)
        #expect(report.result.cells[0].hosts.count == 4)
        #expect(try Podman.leftovers(of: report.run).isEmpty)
    }

    @Test func theContainersServicesAreUp() async throws {
        let project = try Project()
        let ending = try await run("containers", in: project, ["SOLTI_CONTAINERS": "\(Self.installers)/solti-containers"], Self.quick)
        try #require(ending.status == 0, "\(ending.errors)\n\(ending.output)")
        let report = try Report(project)
        #expect(report.result.cells[0].cases.count { $0.name.hasSuffix("listens") && $0.outcome == .passed } == 3)
        try report.validateJUnit()
    }

    /// Installers that go wrong, each in its own way, most of them with exit status 0.
    @Test func anInstallerThatFailsFailsItsCell() async throws {
        let project = try Project()
        try project.write(
            """
            version: 1
            name: faults
            platforms: { podman: { driver: podman } }
            axes: { os: [debian12], platform: [podman], fault: [error, status, half, mute, down, huge, nameless, siem] }
            cells:
              - { where: { fault: nameless }, provision: { domain: null } }
            provision: { domain: test.lavnet.net, run: ["echo ${axis.fault} | sed s/siem/error/ >/etc/installer-stand-in"] }
            deploy:
              - name: panel
                ispconfig: { domain: panel.test.lavnet.net, file: \(Self.installers)/ispconfig.sh }
                when: { fault: [error, status, half, mute, down, nameless] }
              - name: siem
                wazuh: { file: \(Self.installers)/wazuh-install.sh }
                when: { fault: siem }
              - name: huge
                huge: {}
                when: { fault: huge }
            verify: [{ service: ssh }]
            """, to: "m.yml")
        try project.write(
            """
            recipe: huge
            summary: Needs more than any machine has
            stages: [{ name: install, needs: { memory: 900TiB }, script: touch /srv/installed }]
            """, to: "recipes/huge.yml")
        let ending = try await MatrixProcess.run(["run", "m.yml", "--format", "plain"], in: project)
        #expect(ending.status == 1, "\(ending.errors)")
        let report = try Report(project)
        let expected = [
            "error": ("matrix.ispconfig.output", "it ended with exit status 0, but printed: [ERROR] Exception occured"),
            "status": ("matrix.ispconfig", "exit status 1: E: Unable to locate package"),
            "half": ("matrix.ispconfig.unfinished", "no line fits '^\\[INFO\\] Installation ready\\.'"),
            "mute": ("matrix.ispconfig.secret", "did not print the secret 'ispconfig'"), "down": ("matrix.check.service", "running"),
            "huge": ("matrix.huge.needs", "and needs 900.0 TiB"), "nameless": ("matrix.ispconfig.needs", "it has no full name"),
            "siem": ("matrix.wazuh.output", "ERROR: Wazuh installation failed."),
        ]
        for (fault, (type, message)) in expected {
            let cell = try #require(report.result.cells.first { $0.name == "debian12-podman-\(fault)" })
            let step = try #require(cell.cases.first { $0.phase == .deploy && ["panel", "siem", "huge"].contains($0.name) && $0.outcome != .skipped })
            #expect(cell.outcome == .failed && step.outcome == .failed, "\(fault): \(step.outcome)")
            #expect(step.type == type && step.message?.contains(message) == true, "\(fault): \(step.type ?? "") \(step.message ?? "")")
        }
        #expect(try Podman.leftovers(of: report.run).isEmpty)
    }
}
