import IntegrationSupport
import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixPlatforms
@testable import MatrixPlatformsTests

/// What a server shows of a machine that did not come up.
@Suite(.requires(.fakepve)) struct ProxmoxEvidenceOfServerTests {
    @Test func theLastTasksWithTheirLogsAndTheStateAreShown() async throws {
        let fake = try await FakeProxmox(guests: [FakeProxmox.template(7002, "rocky9-template", "cloudinit;rocky-template;rocky9")])
        let platform = try fake.platform()
        let cell = Fixtures.cell(Fixtures.rocky9, hosts: [HostPlan(name: "rocky9-proxmox")])
        let wanted = try #require(platform.resources(for: cell, run: Fixtures.run, expires: nil).first?.first)
        let made = try await platform.create(wanted, for: cell)
        let stopped = await platform.evidence(of: made)
        #expect(stopped.contains { $0.name == "state" && $0.advice?.contains("does not run") == true }, "\(stopped)")
        _ = try await platform.ready(made, for: cell) { _ in }
        let shown = await platform.evidence(of: made)
        #expect(shown.map(\.name) == ["state", "tasks"], "\(shown)")
        #expect(shown[0].text.contains("status: running") && shown[0].text.contains("serial console: "), "\(shown[0].text)")
        #expect(shown[0].advice?.contains("VM \(made.id) runs") == true)
        #expect(shown[1].text.contains("task qmstart: OK"), "\(shown[1].text)")
        // One whose create did not answer has no id yet.
        #expect(await platform.evidence(of: wanted).map(\.name) == ["state", "tasks"])
        try await platform.destroy(made)
        #expect(await platform.evidence(of: wanted).isEmpty)
    }
}
