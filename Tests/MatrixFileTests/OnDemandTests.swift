import MatrixCore
import MatrixFile
import Testing

@Suite("A platform on demand")
struct OnDemandTests {
    private let text = Fixtures.matrix(
        """
        platforms:
          pve: { driver: proxmox, on_demand: true, endpoint: "https://pve", node: a, token: { id: "root@pam!a", secret: { env: S } } }
        """, axes: "{ os: [debian12, debian13], platform: [podman, pve] }")

    private func names(_ selection: Selection = Selection(), of text: String? = nil) throws -> [String] {
        try Fixtures.load(
            text ?? self.text, selection: selection, environment: ["S": "s"], drivers: TestKinds.drivers + TestKinds.free
        ).cells.map(\.name)
    }

    @Test("Its cells are not selected by what does not name it")
    func passed() throws {
        #expect(try names() == ["debian12-podman", "debian13-podman"])
        #expect(try names(Selection(conditions: ["os=debian12"])) == ["debian12-podman"])
        #expect(try names(Selection(cells: ["debian12-*"])) == ["debian12-podman"])
    }

    @Test("They are selected by what names it")
    func asked() throws {
        #expect(try names(Selection(conditions: ["platform=pve"])) == ["debian12-pve", "debian13-pve"])
        #expect(try names(Selection(cells: ["debian12-pve"])) == ["debian12-pve"])
        #expect(try names(Selection(cells: ["debian12-podman", "*-pve"])).count == 3)
    }

    @Test("A matrix without another platform asks for it")
    func alone() throws {
        let only = text.replacing("platform: [podman, pve]", with: "platform: [pve]")
        #expect(try names(of: only) == ["debian12-pve", "debian13-pve"])
    }
}
