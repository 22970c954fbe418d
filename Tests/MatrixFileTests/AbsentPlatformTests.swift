import Foundation
import MatrixCore
import MatrixFile
import Testing

@Suite("A platform that is left out")
struct AbsentPlatformTests {
    private let text = Fixtures.matrix(
        """
        platforms:
          pve:
            driver: proxmox
            unavailable: skip
            endpoint: ${env.PVE_URL}
            node: ${env.PVE_NODE}
            token: { id: "${env.PVE_USER:-root@pam}", secret: { env: PVE_SECRET } }
          cloud: { driver: linode, unavailable: skip, token: { file: /nowhere/token } }
          cluster: { driver: k3s, unavailable: skip, nodes: "${env.NODES:-pve}" }
        """, axes: "{ os: [debian12, debian13], platform: [podman, pve, cloud, cluster] }")
    private let drivers = TestKinds.drivers + TestKinds.free
    private let pve = ["PVE_URL": "https://pve", "PVE_NODE": "pve1", "PVE_SECRET": "secret"]

    private func plan(_ environment: [String: String], _ selection: Selection = Selection()) throws -> Plan {
        try Fixtures.load(text, selection: selection, environment: environment, drivers: drivers)
    }

    private func problems(_ environment: [String: String], _ selection: Selection) -> String {
        Fixtures.problems(of: text, selection: selection, environment: environment, drivers: drivers)
    }

    @Test("Its cells stay in the plan, with everything that is missing")
    func absent() throws {
        let plan = try plan([:])
        let missing = ["PVE_URL", "PVE_NODE", "PVE_SECRET"]
        #expect(plan.absent.mapValues(\.variables) == ["pve": missing, "cloud": [], "cluster": missing])
        #expect(plan.absent["cloud"]?.files == ["/nowhere/token"])
        #expect(plan.platforms.keys.sorted() == ["podman"])
        #expect(plan.cells.count == 8 && plan.notSelected.isEmpty)
        let warning = """
            matrix.yml:5:3: warning: platform pve is left out, and with it 2 cells: PVE_URL, PVE_NODE and PVE_SECRET are not set; \
            set them to run its cells
            """
        #expect(plan.warnings.contains { $0.description.hasSuffix(warning) }, "\(plan.warnings)")
        #expect(plan.warnings.map(\.message).contains("platform cloud is left out, and with it 2 cells: /nowhere/token does not exist"))
    }

    @Test("It is there as soon as everything is set; an empty variable is not set")
    func present() throws {
        #expect(try plan(pve).absent.keys.sorted() == ["cloud"])
        #expect(try plan(pve).platforms.keys.sorted() == ["cluster", "podman", "pve"])
        #expect(try plan(pve.merging(["PVE_SECRET": ""]) { $1 }).absent["pve"]?.variables == ["PVE_SECRET"])
        #expect(try plan(pve.merging(["PVE_URL": ""]) { $1 }).absent["cluster"]?.reason == "PVE_URL is not set")
    }

    @Test("What borrows its hosts needs what its lender needs")
    func lender() throws {
        #expect(try plan(["NODES": "podman"]).absent.keys.sorted() == ["cloud", "pve"])
    }

    @Test(
        "Asked for by name, everything that is missing is an error",
        arguments: [
            Selection(cells: ["debian12-pve"]), Selection(cells: ["*-pve"]), Selection(conditions: ["platform=pve"]),
            Selection(cells: ["*-podman", "debian13-pve"]),
        ])
    func demanded(_ selection: Selection) {
        let found = problems([:], selection)
        for name in ["PVE_URL", "PVE_NODE", "PVE_SECRET"] {
            #expect(found.contains("the environment variable `\(name)`"), "\(found)")
        }
        #expect(found.components(separatedBy: "error: ").count == 4, "\(found)")
    }

    @Test(
        "A selection that also has other platforms does not ask for it",
        arguments: [
            Selection(cells: ["debian12-*"]), Selection(cells: ["*"]), Selection(conditions: ["os=debian12"]),
            Selection(conditions: ["platform=p*"]),
        ])
    func notDemanded(_ selection: Selection) throws {
        #expect(try plan([:], selection).absent["pve"] != nil)
    }

    @Test("A matrix without another platform asks for it, and so does one whose platform may not be left out")
    func alone() {
        let only = text.replacing("platform: [podman, pve, cloud, cluster]", with: "platform: pve")
        #expect(Fixtures.problems(of: only, drivers: drivers).contains("`PVE_URL` is not set"))
        let strict = text.replacing("unavailable: skip", with: "unavailable: error")
        #expect(Fixtures.problems(of: strict, drivers: drivers).contains("`PVE_URL` is not set"))
    }

    @Test("A variable that any part needs is reported together with the secrets")
    func together() {
        let more = """
            platforms: { pve: { driver: proxmox, endpoint: "https://pve", token: { secret: { env: PVE_SECRET } } } }
            secrets: { key: { env: APP_KEY } }
            deploy: [{ shell: "echo ${env.APP_NAME}" }]
            """
        let found = Fixtures.problems(of: Fixtures.matrix(more, axes: "{ os: debian12, platform: pve }"))
        #expect(found.contains("`APP_NAME` is not set") && found.contains("`PVE_SECRET`") && found.contains("`APP_KEY`"), "\(found)")
        // Without another problem nothing is said: a file can be checked without its secrets.
        let complete = more.replacing("${env.APP_NAME}", with: "hello")
        #expect(Fixtures.problems(of: Fixtures.matrix(complete, axes: "{ os: debian12, platform: pve }")) == "")
    }
}
