import IntegrationSupport
import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixPlatforms
@testable import MatrixPlatformsTests

/// Preflight's warnings about machines whose address only the guest agent reports.
@Suite(.requires(.fakepve)) struct AddressCheckTests {
    private func warnings(_ changes: [String: Value], _ cells: [CellPlan], guests: [Value] = FakeProxmox.templates) async throws
        -> [PreflightProblem]
    {
        let fake = try await FakeProxmox(guests: guests)
        return await (try fake.platform(MachineLifeTests.noPool.merging(changes) { $1 })).preflight(cells)
    }

    @Test func aSystemWithoutAnAgentIsWarnedOf() async throws {
        let problems = try await warnings([:], [Fixtures.cell(), Fixtures.cell(Fixtures.rocky9)])
        let warning = try #require(problems.first)
        #expect(problems.count == 1 && warning.severity == .warning && warning.cells == ["debian12-proxmox"])
        #expect(warning.message.contains("the addresses of debian12 machines may stay unknown: only the guest agent can report them"))
        #expect(warning.message.contains("the cloud image of template debian12-template (8000) has none"))
        for word in ["addresses: { range: ", "ssh: { host: pve1", "os: { debian12: { agent: true } }"] {
            #expect(warning.next?.contains(word) == true, "\(word)")
        }
    }

    @Test func aSystemOfWhichNothingIsKnownIsWarnedOf() async throws {
        var os = Fixtures.debian12
        os.hasGuestAgent = nil
        #expect(
            try await warnings([:], [Fixtures.cell(os)]).map(\.message).first?.contains(
                "it is unknown whether template debian12-template (8000) has one") == true)
        os.hasGuestAgent = true
        #expect(try await warnings([:], [Fixtures.cell(os)]) == [])
    }

    @Test func anAgentThatIsSwitchedOffIsWarnedOf() async throws {
        let off = FakeProxmox.template(7002, "rocky9-template", "cloudinit;rocky-template;rocky9", extra: ["agent": "0"])
        let problems = try await warnings([:], [Fixtures.cell(Fixtures.rocky9)], guests: [off])
        #expect(problems.map(\.message).first?.contains("has the agent switched off (qm set 7002 --agent 1") == true)
    }

    @Test func aTemplateThatIsBuiltFirstIsWarnedOf() async throws {
        let problems = try await warnings(
            ["templates": "auto", "template_build": ["import_storage": "local"]], [Fixtures.cell()], guests: [])
        #expect(problems.contains { $0.message.contains("the cloud image of its template has none") })
    }

    @Test(
        arguments: [
            ["addresses": ["range": "192.168.1.90-192.168.1.99/24"]], ["ssh": ["host": "pve1"]],
            ["address": "neighbour", "ssh": ["host": "pve1"]],
            ["address": "static", "addresses": ["range": "192.168.1.90-192.168.1.99/24"]],
        ] as [[String: Value]])
    func anotherSourceIsEnough(_ changes: [String: Value]) async throws {
        #expect(try await warnings(changes, [Fixtures.cell()]) == [])
    }

    @Test(arguments: [["ssh": ["host": "pve1"]], ["addresses": ["range": "192.168.1.90-192.168.1.99/24"]]] as [[String: Value]])
    func aSourceThatMayNotBeAskedIsNone(_ changes: [String: Value]) async throws {
        let problems = try await warnings(changes.merging(["address": "agent"]) { $1 }, [Fixtures.cell()])
        #expect(problems.count == 1 && problems.first?.next?.contains("address: auto and addresses: {") == true)
    }
}
