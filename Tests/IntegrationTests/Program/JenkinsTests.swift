import Foundation
import IntegrationSupport
import Testing

/// The Jenkinsfile of the documentation, played by the Groovy that Jenkins has: `fixtures/jenkins.groovy`; its cells are rehearsals.
@Suite(.requires(.programs, .groovy, .git)) struct JenkinsTests {
    private let project: Project

    init() throws {
        project = try Project()
        try project.write(
            """
            version: 1
            name: local
            platforms: { shelf: { driver: static, user: admin, os: debian12, hosts: [{ name: one, address: 192.0.2.1 }] } }
            axes: { os: [debian12], platform: [shelf] }
            verify: [{ port: 22 }]
            """, to: "matrices/local.yml")
        try project.commit("matrices")
    }

    private func build(_ cause: String, _ scenario: String = "speed: 10000") throws -> (status: Int32, workspace: URL) {
        let fleet = try RunnerFleet(project, scenario: scenario, lost: [])
        let workspace = try fleet.folder("workspace")
        let repository = Project.repository
        let command = [
            "groovy", repository.appendingPathComponent("fixtures/jenkins.groovy").path,
            repository.appendingPathComponent("docs/ci/Jenkinsfile").path, cause,
        ]
        return (try fleet.run(command, in: workspace, environment: [:], output: "build.log"), workspace)
    }

    private func log(_ workspace: URL) throws -> [String] {
        try String(contentsOf: workspace.appendingPathComponent("build.log"), encoding: .utf8).split(separator: "\n").map(String.init)
    }

    @Test(arguments: [("passed", 0 as Int32), ("failed", 1)]) func aPushRunsTheMatrixAndShowsItsReport(_ outcome: String, _ status: Int32)
        throws
    {
        let fault =
            outcome == "failed" ? "\ncells: [{ cell: \"*\", faults: [{ phase: verify, outcome: failed, message: nobody listens }] }]" : ""
        let (ended, workspace) = try build("push", "speed: 10000" + fault)
        let log = try log(workspace)
        #expect(ended == status, "\(log)")
        #expect(log.filter { $0.hasPrefix("stage ") } == ["stage Matrix"])
        #expect(log.filter { $0.hasPrefix("junit ") } == ["junit reports/latest/junit.xml"], "read once")
        let archived = log.filter { $0.hasPrefix("archived ") }
        #expect(archived.contains { $0.hasSuffix("/index.html") } && archived.allSatisfy { !$0.contains("/latest/") })
    }

    @Test func theTimerOnlyReaps() throws {
        let (ended, workspace) = try build("timer")
        let log = try log(workspace)
        #expect(ended == 0 && log.filter { $0.hasPrefix("stage ") } == ["stage Reap"], "\(log)")
        #expect(!FileManager.default.fileExists(atPath: workspace.appendingPathComponent("reports").path))
    }
}
