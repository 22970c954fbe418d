import Foundation
import IntegrationSupport
import MatrixCore
import MatrixTesting
import Testing
import matrix_lab

/// `matrices/full.yml` on real hosts in the lab, by real Ansible, with a collection of solti-monitoring's layout: each system and each
/// platform once, and at night all nine cells.
@Suite(.requires(.programs, .lab, .podman, .fakepve, .sshd, .ansible, .root)) struct LabTests {
    private static let systems = ["rocky9", "rocky10", "debian12"]
    private static let platforms = ["proxmox", "linode", "k3s"]
    private static let all = systems.flatMap { system in platforms.map { "\(system)-\($0)" } }
    private static let green = Tier.isNightly ? all : zip(systems, platforms).map { "\($0)-\($1)" }
    private static let matrix = Project.repository.appendingPathComponent("matrices/full.yml").path
    private static let collection = Project.repository.appendingPathComponent("fixtures/collections/solti-monitoring").path

    /// All is well; then one system lacks a package and one template is of another system.
    @Test func cellsPassAtOnceAndTwoFaultsAreTold() async throws {
        var settings = LabSettings(state: Project.repository.appendingPathComponent(".matrix").path)
        settings.hosts = Dictionary(uniqueKeysWithValues: Self.systems.map { ($0, 2) })
        try await Lab.with(settings) { lab in
            try await expectGreen(lab)
            try await lab.rehearse(.missing(package: "loki", system: "rocky10"))
            try await lab.rehearse(.wrongTemplate(system: "debian12", actual: "rocky9"))
            try await expectTold(lab)
        }
    }

    private func run(_ lab: Lab, _ project: Project, capabilities: String, _ more: String..., cells: [String]) async throws -> (
        MatrixProcess.Ending, RunResult
    ) {
        // The last two are set for molecule in a developer's shell.
        let own = [
            "SOLTI_MONITORING": Self.collection, "MOLECULE_CAPABILITIES": capabilities, "MOLECULE_PLATFORM_NAME": "uut-ct0",
            "IN_GITHUB_CI": "true",
        ]
        let words = ["run", Self.matrix, "--format", "plain", "--reports", project.url.appendingPathComponent("reports").path]
        let ending = try await MatrixProcess.run(
            words + more + cells.flatMap { ["--cell", $0] }, in: project, environment: lab.environment.merging(own) { $1 })
        let report = try Report(project)
        try report.validateJUnit()
        for name in ["junit.xml", "index.html"] {
            let ending = name.suffix(4)
            #expect(try FileManager.default.contentsOfDirectory(atPath: report.folder.path).filter { $0.hasSuffix(ending) } == [name])
        }
        return (ending, report.result)
    }

    // MARK: - All is well

    private func expectGreen(_ lab: Lab) async throws {
        let project = try Project()
        let (ending, result) = try await run(lab, project, capabilities: "logs,metrics", cells: Self.green)
        try #require(ending.status == 0, "\(ending.errors.suffix(8000))\n\(ending.output.suffix(8000))")
        #expect(result.cells.map(\.name) == Self.green)
        for cell in result.cells {
            #expect(cell.outcome == .passed, "\(cell.name)")
            for host in cell.hosts { #expect(host.facts["os.name"]?.hasSuffix("stand-in") == cell.name.hasPrefix("rocky"), "\(host)") }
        }
        try await expectNothingLeft(lab, project, result)
        try expectOneWave(result)
    }

    /// All cells went on at once, so that together they took little more than the longest of them.
    private func expectOneWave(_ result: RunResult) throws {
        let began = try #require(result.cells.map(\.started).min())
        let (lastStart, firstEnd) = (try #require(result.cells.map(\.started).max()), try #require(result.cells.map(\.finished).min()))
        #expect(lastStart < firstEnd)
        let wall = try #require(result.cells.map(\.finished).max()).seconds(since: began)
        let longest = try #require(result.cells.map { $0.finished.seconds(since: $0.started) }.max())
        // How much longer is for the bench: the time between the first and the last start depends on the machine.
        print("full.yml in the lab: wall time \(Int(nearest: wall)) s, longest cell \(Int(nearest: longest)) s")
    }

    private func expectNothingLeft(_ lab: Lab, _ project: Project, _ result: RunResult) async throws {
        #expect(result.leaks.isEmpty)
        #expect(try await lab.complaints() == [])
        #expect(try await lab.proxmox?.volumes() == [])
        #expect(lab.linode?.tags == [])
        // What is there before a run and after it: the farm, and who serves the packages.
        let own = Self.systems.flatMap { system in [1, 2].map { "\(system)-\($0)" } } + ["packages"]
        #expect(Set(try await lab.bridge.containers()) == Set(own.map { "\(lab.bridge.name)-\($0)" }))
        let status = try await MatrixProcess.run(["status"], in: project, environment: lab.environment)
        #expect(status.output.hasPrefix("nothing is up and nothing is left behind\n"), "\(status.output)")
    }

    // MARK: - Faults

    private func expectTold(_ lab: Lab) async throws {
        let project = try Project()
        let (ending, result) = try await run(
            lab, project, capabilities: "logs", "--tags", "logs", cells: Self.all.filter { $0.hasSuffix("-linode") } + ["debian12-proxmox"])
        #expect(ending.status == 1, "\(ending.errors.suffix(8000))")
        let cells = Dictionary(uniqueKeysWithValues: result.cells.map { ($0.name, $0) })
        #expect(
            cells.filter { $0.value.outcome == .failed }.keys.sorted() == ["debian12-proxmox", "rocky10-linode"],
            "\(ending.errors.suffix(8000))")
        #expect(["rocky9-linode", "debian12-linode"].allSatisfy { cells[$0]?.outcome == .passed })
        for document in ["index.html", "summary.md"] {
            #expect(try project.read("reports/latest/\(document)").contains("fails only on rocky10"), "\(document)")
        }
        let wrong = try #require(cells["debian12-proxmox"]).cases
        #expect(wrong.filter { $0.outcome == .failed }.map(\.name).allSatisfy { $0.hasPrefix("operating system is ") })
        #expect(wrong.filter { $0.phase == .deploy }.allSatisfy { $0.outcome == .skipped })
        try await expectNothingLeft(lab, project, result)
    }

    // MARK: - Nothing to go on with

    /// One message, status 2, nothing made: of what a platform of full.yml needs, one thing is missing.
    @Test(arguments: [("SOLTI_MONITORING", "podman"), ("PROXMOX_URL", "proxmox"), ("LINODE_TOKEN", "linode")])
    func whatIsMissingIsSaidBeforeAnythingIsMade(_ variable: String, _ platform: String) async throws {
        let project = try Project()
        var environment = [
            "SOLTI_MONITORING": Self.collection, "PROXMOX_URL": "https://127.0.0.1:1", "PROXMOX_USER": "ci@pve",
            "PROXMOX_TOKEN_ID": "matrix",
            "PROXMOX_TOKEN_SECRET": "11111111-2222-3333-4444-555555555555", "PROXMOX_NODE": "pve1", "LINODE_TOKEN": "none",
            "LINODE_URL": "http://127.0.0.1:1/v4",
            "SOLTI_STATE": project.url.appendingPathComponent("state").path,
        ]
        environment[variable] = variable == "SOLTI_MONITORING" ? project.url.appendingPathComponent("nowhere").path : nil
        let ending = try await MatrixProcess.run(
            ["run", Self.matrix, "--where", "platform=\(platform)", "--reports", "reports"], in: project, environment: environment)
        #expect(ending.status == 2, "\(ending.errors)")
        #expect(ending.errors.components(separatedBy: "error: ").count == 2, "\(ending.errors)")
        #expect(ending.errors.contains(variable == "SOLTI_MONITORING" ? "nowhere" : variable), "\(ending.errors)")
        #expect(!project.exists("reports"))
        let status = try await MatrixProcess.run(["status"], in: project, environment: environment)
        #expect(status.output == "nothing is up and nothing is left behind\n")
    }

    /// An empty environment leaves the platforms with accounts out, and says what would add them.
    @Test func withoutAnyAccountThePodmanCellsAreThere() async throws {
        let project = try Project()
        let environment = ["SOLTI_MONITORING": Self.collection, "SOLTI_STATE": project.url.appendingPathComponent("state").path]
        let needs = "PROXMOX_URL, PROXMOX_USER, PROXMOX_TOKEN_ID, PROXMOX_NODE and PROXMOX_TOKEN_SECRET"
        let plan = try await MatrixProcess.run(["plan", Self.matrix], in: project, environment: environment)
        #expect(plan.status == 0, "\(plan.errors)")
        #expect(plan.errors.contains("platform proxmox is left out, and with it 4 cells: \(needs) are not set"), "\(plan.errors)")
        #expect(plan.errors.contains("platform linode is left out, and with it 5 cells: LINODE_TOKEN is not set"))
        let lines = plan.output.split(separator: "\n")
        #expect(lines.contains { $0.hasPrefix("debian12-podman") && $0.contains("ready") }, "\(plan.output)")
        #expect(lines.count { $0.contains("skipped: platform k3s is left out: \(needs) are not set") } == 4, "\(plan.output)")
        let reap = try await MatrixProcess.run(["reap", Self.matrix], in: project, environment: environment)
        #expect(reap.errors.contains("platform linode is not asked: LINODE_TOKEN is not set"), "\(reap.errors)")
        let asked = try await MatrixProcess.run(
            ["run", Self.matrix, "--cell", "debian12-proxmox", "--cell", "*-linode"], in: project, environment: environment)
        #expect(asked.status == 2)
        for name in ["PROXMOX_URL", "PROXMOX_USER", "PROXMOX_TOKEN_ID", "PROXMOX_NODE", "PROXMOX_TOKEN_SECRET", "LINODE_TOKEN"] {
            #expect(asked.errors.contains("`\(name)`"), "\(name) in \(asked.errors)")
        }
    }
}
