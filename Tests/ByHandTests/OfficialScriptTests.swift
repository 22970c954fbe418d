import Foundation
import MatrixCore
import Testing

@testable import ProgramIntegrationTests

/// K3s' own install script, with the stand-in as its program: `SOLTI_K3S_INSTALL_SCRIPT=FILE swift test --filter OfficialScriptTests`.
@Suite struct OfficialScriptTests {
    /// An unchanged copy of https://get.k3s.io.
    private static let script = ProcessInfo.processInfo.environment["SOLTI_K3S_INSTALL_SCRIPT"]

    @Test(.enabled(if: script != nil, "give an unchanged copy of https://get.k3s.io in SOLTI_K3S_INSTALL_SCRIPT"))
    func theOfficialScriptInstallsAndUninstalls() async throws {
        let project = try Project()
        try project.write(K3sTests.cluster(script: #require(Self.script), workers: 1), to: "m.yml")
        try project.write(K3sTests.crash, to: "crash.yml")
        let ending = try await MatrixProcess.run(["run", "m.yml", "--format", "plain"], in: project)
        #expect(ending.status == 1, "\(ending.errors)")
        let report = try Report(project)
        #expect(report.result.cells[0].cases.filter { $0.outcome != .passed }.map(\.name) == ["crash", "missing"], "\(ending.errors)")
        #expect(try Podman.leftovers(of: report.run).isEmpty)
    }
}
