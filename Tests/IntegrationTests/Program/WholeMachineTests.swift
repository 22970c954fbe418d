import Foundation
import IntegrationSupport
import Testing

/// Commands that look at everything that Podman has, or at all that has expired: nobody else may use it meanwhile.
@Suite(.requiresAlone(.podman), .requires(.programs)) struct WholeMachineTests {
    private func matrix(_ arguments: String..., in project: Project) async throws -> MatrixProcess.Ending {
        try await MatrixProcess.run(arguments, in: project)
    }

    @Test func aCellIsMadePhaseByPhaseAndPoweredOffAndOn() async throws {
        let project = try Project()
        try project.write(Matrices.small(), to: "m.yml")
        // Podman keeps networks in one folder for all storages, so other users' networks are in the list.
        let own = try Podman.ownNetworks(in: project)
        func matrix(_ arguments: String..., in project: Project) async throws -> MatrixProcess.Ending {
            try await MatrixProcess.run(arguments, in: project, environment: own)
        }
        let before = try await matrix("status", "--live", "m.yml", in: project).output
        #expect(try await matrix("create", "m.yml", in: project).status == 0)
        let again = try await matrix("create", "m.yml", in: project)
        #expect(again.errors.contains("debian12-podman is up already"))
        #expect(again.output == "nothing to create\n")
        let off = try await matrix("stop", "debian12-podman", in: project)
        #expect(off.output == "debian12-podman is off\n", "\(off.errors)")
        #expect(try await matrix("ssh", "debian12-podman", "--", "true", in: project).status == 255)
        let on = try await matrix("start", "debian12-podman", in: project)
        #expect(on.output.hasPrefix("debian12-podman is on, at 127.0.0.1:"), "\(on.errors)")
        let deployed = try await matrix("deploy", "m.yml", in: project)
        #expect(deployed.status == 0, "\(deployed.errors)")
        #expect(deployed.errors.contains("debian12-podman: provision comes first"))
        #expect(try await matrix("verify", "m.yml", in: project).status == 0)
        let inventory = try await matrix("inventory", "debian12-podman", "--format", "json", in: project)
        #expect(inventory.output.contains("\"_meta\""))
        #expect(try await matrix("destroy", "m.yml", in: project).status == 0)
        let status = try await matrix("status", "--live", "m.yml", in: project)
        #expect(status.output == before, "\(status.errors)")
    }

    @Test func anotherMachineReapsByTagsAlone() async throws {
        let project = try Project()
        try project.write(Matrices.small(), to: "m.yml")
        #expect(try await matrix("create", "m.yml", in: project).status == 0)
        let run = try Report(project, folder: "-create").run
        let elsewhere = ["--state", "elsewhere"]
        let early = try await MatrixProcess.run(["reap", "m.yml", "--yes"] + elsewhere, in: project)
        #expect(early.output == "nothing is left behind\n", "it has not expired")
        let shown = try await MatrixProcess.run(["reap", "m.yml", "--run", run] + elsewhere, in: project)
        #expect(shown.status == 0)
        #expect(shown.output.contains("by its tag"))
        #expect(try Podman.leftovers(of: run).count == 2, "without --yes nothing is taken")
        let live = try await MatrixProcess.run(["status", "--live", "m.yml"] + elsewhere, in: project)
        #expect(live.output.contains("foreign"))
        let taken = try await MatrixProcess.run(["reap", "m.yml", "--run", run, "--yes"] + elsewhere, in: project)
        #expect(taken.status == 0, "\(taken.output)")
        #expect(try Podman.leftovers(of: run).isEmpty)
        #expect(try await matrix("status", "--live", in: project).output.contains("lost"))
        #expect(try await matrix("destroy", "m.yml", in: project).status == 0)
    }
}
