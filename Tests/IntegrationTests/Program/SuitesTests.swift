import Foundation
import IntegrationSupport
import MatrixCore
import MatrixTesting
import Testing
import matrix_lab

/// The suites of `matrices/suites/`, each on its own platform in the lab, with stand-ins of the official installers' interface.
@Suite(.requires(.programs, .lab, .podman, .fakepve, .sshd, .ansible, .root)) struct SuitesTests {
    /// How a suite's run ended in the lab.
    private struct Rehearsal {
        let ending: MatrixProcess.Ending
        let project: Project
        let report: Report

        var cases: [CaseResult] { report.result.cells[0].cases }
    }

    private static let installers = Project.repository.appendingPathComponent("fixtures/installers").path
    private static let names = ["containers", "ensemble", "k3s-farm", "wazuh", "wazuh-cluster"]

    private static func file(_ suite: String) -> String { Project.repository.appendingPathComponent("matrices/suites/\(suite).yml").path }

    @Test func allValidateForTheirOwnPlatforms() async throws {
        let project = try Project()
        let environment = [
            "SUITE_PLATFORM": "", "SUITE_NODES": "", "LINODE_TOKEN": "token", "PROXMOX_URL": "https://pve.invalid:8006",
            "PROXMOX_USER": "a@pve",
            "SOLTI_CONTAINERS": "\(Self.installers)/solti-containers", "PROXMOX_TOKEN_ID": "b", "PROXMOX_TOKEN_SECRET": "secret",
            "PROXMOX_NODE": "pve",
        ]
        let ending = try await MatrixProcess.run(["validate"] + Self.names.map(Self.file), in: project, environment: environment)
        #expect(ending.status == 0, "\(ending.errors)")
        #expect(ending.output.split(separator: "\n").count == Self.names.count)
    }

    // MARK: - In the lab

    /// All at once; then installers that say that they failed, and end with exit status 0.
    @Test func allPassAtOnceAndAnInstallerThatFailsIsTold() async throws {
        var settings = LabSettings(state: Project.repository.appendingPathComponent(".matrix").path)
        settings.parts = [.proxmox, .linode, .farm, .installers]
        settings.hosts = ["debian12": 4]
        try await Lab.with(settings) { lab in
            try await expectGreen(lab)
            try await lab.rehearse(.installer(word: "error", system: "debian12"))
            async let panel = run("ensemble", in: lab)
            async let siem = run("wazuh", in: lab)
            try expectTold(try await panel, "matrix.ispconfig.output", "[ERROR] Exception occured")
            try expectTold(try await siem, "matrix.wazuh.output", "ERROR: Wazuh installation failed.")
            try await expectNothingLeft(lab)
        }
    }

    private func run(_ suite: String, in lab: Lab, _ more: String..., beside: () throws -> Void = {}) async throws -> Rehearsal {
        let project = try Project()
        let process = try MatrixProcess(
            ["run", Self.file(suite), "--format", "plain", "-v", "--reports", "reports"] + more, in: project, environment: lab.environment)
        while process.isRunning {
            try beside()
            try await Task.sleep(for: .milliseconds(50))
        }
        let ending = try await process.ending()
        let report = try Report(project)
        try report.validateJUnit()
        return Rehearsal(ending: ending, project: project, report: report)
    }

    private func expectGreen(_ lab: Lab) async throws {
        async let ensemble: Void = expectPanel(lab)
        async let one = run("wazuh", in: lab)
        async let roles = run("wazuh-cluster", in: lab)
        async let nodes = run("k3s-farm", in: lab)
        async let pods = run("containers", in: lab)
        let (wazuh, cluster, farm, containers) = try await (one, roles, nodes, pods)
        try await ensemble
        for rehearsal in [wazuh, cluster, farm, containers] {
            #expect(rehearsal.ending.status == 0, "\(rehearsal.ending.errors.suffix(8000))\n\(rehearsal.ending.output)")
        }
        for (siem, server) in [(wazuh, "server"), (cluster, "manager-1")] {
            let active = siem.cases.filter { $0.name.contains("every agent is active") }
            #expect(
                active.map(\.phase) == [.deploy, .verify]
                    && active.allSatisfy { $0.outcome == .passed && $0.name.hasSuffix(" (\(server))") })
            #expect(siem.ending.errors.contains("Password: [redacted]"))
        }
        #expect(farm.report.result.cells[0].hosts.count == 4)
        #expect(containers.cases.count { $0.name.hasSuffix("listens") && $0.outcome == .passed } == 3)
        try await expectNothingLeft(lab)
    }

    /// The panel is up, and the passwords that its installer made up are in the store and nowhere else.
    private func expectPanel(_ lab: Lab) async throws {
        // The hosts are containers: their processes are in this list, too.
        var commands: Set<String> = []
        let panel = try await run("ensemble", in: lab, "--keep", "always") { commands.formUnion(Self.processes()) }
        let state = URL(fileURLWithPath: try #require(lab.environment["SOLTI_STATE"]))
        let store = state.appendingPathComponent("runs/\(panel.report.run)/secrets")
        let secrets = try FileManager.default.contentsOfDirectory(atPath: store.path).sorted()
        let values = try secrets.map {
            try String(contentsOf: store.appendingPathComponent($0), encoding: .utf8).trimmingCharacters(in: .newlines)
        }
        let cleared = try await MatrixProcess.run(["destroy", Self.file("ensemble")], in: panel.project, environment: lab.environment)
        try #require(panel.ending.status == 0, "\(panel.ending.errors.suffix(8000))\n\(panel.ending.output)")
        #expect(cleared.status == 0, "\(cleared.errors)")
        #expect(secrets == ["ispconfig-mysql.debian12-linode", "ispconfig.debian12-linode"])
        #expect(values.map(\.count) == [20, 15])
        #expect(panel.ending.errors.contains("Your ISPConfig admin password is: [redacted]"))
        for value in values {
            #expect(![panel.ending.errors, panel.ending.output, cleared.errors, cleared.output].contains { $0.contains(value) })
            #expect(!commands.contains { $0.contains(value) }, "in the process list")
            // The store went with the run's last host.
            for file in panel.project.files() + Project.files(below: state) {
                #expect(try Data(contentsOf: file).range(of: Data(value.utf8)) == nil, "\(value) in \(file.path)")
            }
        }
        #expect(panel.cases.contains { $0.name == "panel: the panel answers over TLS" && $0.outcome == .passed })
        #expect(
            panel.cases.contains {
                $0.step == "the panel is still what it was" && $0.name.hasSuffix("no service of the panel is down") && $0.outcome == .passed
            })
    }

    /// The command lines of all processes.
    private static func processes() -> [String] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return entries.filter { Int($0) != nil }.compactMap { pid in
            FileManager.default.contents(atPath: "/proc/\(pid)/cmdline").map { String(decoding: $0, as: UTF8.self) }
        }
    }

    private func expectTold(_ rehearsal: Rehearsal, _ type: String, _ message: String) throws {
        #expect(rehearsal.ending.status == 1, "\(rehearsal.ending.errors.suffix(8000))")
        let cell = rehearsal.report.result.cells[0]
        let bad = try #require(cell.cases.first { $0.outcome == .failed })
        #expect(cell.outcome == .failed && bad.phase == .deploy && bad.type == type)
        #expect(
            bad.message?.contains("it ended with exit status 0, but printed: ") == true && bad.message?.contains(message) == true,
            "\(bad.message ?? "")")
    }

    /// Only the farm's hosts, which were there before.
    private func expectNothingLeft(_ lab: Lab) async throws {
        #expect(try await lab.complaints() == [])
        #expect(try await lab.proxmox?.volumes() == [])
        #expect(Set(try await lab.bridge.containers()) == Set((1...4).map { "\(lab.bridge.name)-debian12-\($0)" }))
        let status = try await MatrixProcess.run(["status"], in: Project(), environment: lab.environment)
        #expect(status.output.hasPrefix("nothing is up and nothing is left behind\n"), "\(status.output)")
    }

    // MARK: - All that can go wrong

    /// Each in its own way, most of them with exit status 0.
    @Test func anInstallerThatFailsFailsItsCell() async throws {
        let project = try Project()
        try project.write(
            """
            version: 1
            name: faults
            platforms: { podman: { driver: podman } }
            axes: { os: [debian12], platform: [podman], fault: [status, half, mute, down, huge, nameless] }
            cells:
              - { where: { fault: nameless }, provision: { domain: null } }
            provision: { domain: test.lavnet.net, run: ["echo ${axis.fault} >/etc/installer-stand-in"] }
            deploy:
              - name: panel
                ispconfig: { domain: panel.test.lavnet.net, file: \(Self.installers)/ispconfig.sh }
                when: { fault: [status, half, mute, down, nameless] }
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
            "status": ("matrix.ispconfig", "exit status 1: E: Unable to locate package"),
            "half": ("matrix.ispconfig.unfinished", "no line matches '^\\[INFO\\] Installation ready\\.'"),
            "mute": ("matrix.ispconfig.secret", "did not print the secret 'ispconfig'"), "down": ("matrix.check.service", "running"),
            "huge": ("matrix.huge.needs", "and needs 900.0 TiB"), "nameless": ("matrix.ispconfig.needs", "it has no full name"),
        ]
        for (fault, (type, message)) in expected {
            let cell = try #require(report.result.cells.first { $0.name == "debian12-podman-\(fault)" })
            let step = try #require(
                cell.cases.first { $0.phase == .deploy && ["panel", "huge"].contains($0.step) && $0.outcome == .failed })
            #expect(cell.outcome == .failed && step.outcome == .failed, "\(fault): \(step.outcome)")
            #expect(step.type == type && step.message?.contains(message) == true, "\(fault): \(step.type ?? "") \(step.message ?? "")")
        }
        #expect(try Podman.leftovers(of: report.run).isEmpty)
    }
}
