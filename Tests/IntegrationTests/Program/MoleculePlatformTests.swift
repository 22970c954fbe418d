import Foundation
import IntegrationSupport
import MatrixCore
import MatrixPlatforms
import MatrixRemote
import MatrixTesting
import Testing

/// A molecule scenario for Podman as the platform of a matrix: `contrib/platforms/ansible` with real Ansible and real containers.
@Suite(.requires(.programs, .podman, .ansible), .timeLimit(.minutes(20))) struct MoleculePlatformTests {
    private static func project(more: String = "") async throws -> Project {
        let project = try Project()
        let state = FileManager.default.temporaryDirectory.path + "/solti-matrix-tests"
        let kit = try await PodmanHostKit.find(state: state, runner: LocalTransport())
        try project.write(
            """
            version: 1
            name: molecule
            platforms:
              containers:
                driver: command
                command: \(Repository.path("contrib/platforms/ansible/molecule.py"))
                list: false
                environment:
                  PODMAN_OPTIONS: "\(kit.options.joined(separator: " "))"
                  PODMAN_CREATION: "\(kit.creation.joined(separator: " "))"
                  MOLECULE_IMAGE: "\(try await BaseImage.name())"
                settings:
                  scenario: \(Repository.path("fixtures/molecule/molecule/podman"))
                  platforms: { debian12: uut-ct0 }
                  authorize: [podman, exec, --interactive, NAME, sh, -c, "umask 077; mkdir -p /root/.ssh; cat >>/root/.ssh/authorized_keys"]
                  \(more)
            axes: { os: [debian12], platform: [containers], color: [red, green] }
            provision: { user: lavender }
            deploy:
              - { name: greet, shell: "hostname >/srv/greeting" }
            verify:
              - { file: /srv/greeting, contains: "${axis.color}" }
            """, to: "m.yml")
        return project
    }

    /// The containers of a run: they have no labels, but the run's id in their names.
    private static func containers(_ run: String) throws -> [String] {
        try Shell.run("podman", "ps", "--all", "--filter", "name=\(run)", "--format", "{{.Names}}").output.split(separator: "\n").map(
            String.init)
    }

    @Test func twoCellsAreCreatedProvisionedVerifiedAndDestroyedAtOnce() async throws {
        let project = try await Self.project()
        let plan = try await MatrixProcess.run(["plan", "m.yml"], in: project)
        #expect(plan.errors.contains("its program has no list"))
        let ending = try await MatrixProcess.run(["run", "m.yml", "--format", "plain"], in: project)
        #expect(ending.status == 0, "\(ending.output) \(ending.errors)")
        // What Ansible prints is progress.
        #expect(ending.errors.contains("PLAY [Create containers]"))
        let report = try Report(project)
        #expect(report.result.cells.count == 2)
        #expect(try Self.containers(report.run) == [])
        #expect(!project.exists(".matrix/platforms/containers/debian12-containers-red-\(report.run)"))
    }

    @Test func aRunThatIsKilledInItsCreateIsReaped() async throws {
        let project = try await Self.project()
        let process = try MatrixProcess(["run", "m.yml", "--format", "plain"], in: project)
        try await process.waitFor("PLAY [Create containers]")
        let runs = try FileManager.default.contentsOfDirectory(atPath: project.url.appendingPathComponent(".matrix/runs").path)
        let run = try #require(runs.first)
        #expect(try await eventually { try !Self.containers(run).isEmpty })
        process.send(SIGKILL)
        #expect(try await process.ending().status == 128 + SIGKILL)
        let reap = try await MatrixProcess.run(["reap", "--yes"], in: project)
        #expect(reap.status == 0, "\(reap.output) \(reap.errors)")
        #expect(try Self.containers(run) == [])
        #expect(try await MatrixProcess.run(["status"], in: project).output == "nothing is up and nothing is left behind\n")
    }

    /// Playbooks with fixed names make one host at a time.
    @Test func aSecondCellOfFixedNamesIsRefusedWithTheReason() async throws {
        let project = try await Self.project(more: "names: fixed")
        let ending = try await MatrixProcess.run(["run", "m.yml", "--format", "plain"], in: project)
        #expect(ending.status == 3, "\(ending.output) \(ending.errors)")
        #expect((ending.output + ending.errors).contains("one cell at a time"))
        #expect(try Self.containers("uut-ct0") == [])
    }
}
