import MatrixCore
import Testing

@testable import MatrixPlatforms

/// Which template is cloned, and what is said of it.
@Suite struct TemplateFinderTests {
    private static let notes = TemplateNotes(
        os: "debian12", image: "i", checksum: "sha512:ab", digest: "d", built: Timestamp(tag: "20260301T120000Z") ?? .now, agent: .installed
    )

    private func machine(_ vmid: Int, _ tags: String = "debian-template;debian-12;cloudinit", _ name: String = "debian12-template") throws
        -> Machine
    {
        try #require(try Machine.read(["vmid": .int(vmid), "name": .string(name), "tags": .string(tags), "template": 1], node: "pve1"))
    }

    private func found(_ configs: [Int: Value], _ choice: ProxmoxSettings.TemplateChoice = .auto) async throws -> [GuestTemplate] {
        let caller = ScriptedCaller()
        for (vmid, config) in configs { caller.answer(.get, "/qemu/\(vmid)/config", .success(config)) }
        let cluster = ProxmoxCluster(client: ProxmoxClient(caller, pace: Fixtures.pace), nodes: ["pve1"])
        return try await TemplateFinder(cluster: cluster).templates(
            of: Fixtures.debian12, choice, in: try configs.keys.sorted().map { try machine($0) })
    }

    private static func made(_ seconds: Int) -> Value { ["meta": .string("creation-qemu=9.2.0,ctime=\(seconds)")] }

    @Test func theNewestByDateComesFirst() async throws {
        // Ours at 8000 of March, SOLTI's at 9000 of January, one that tells nothing at 9002.
        let templates = try await found([8000: ["description": .string(Self.notes.text)], 9000: Self.made(1_769_162_400), 9002: [:]])
        #expect(templates.map(\.vmid) == [8000, 9000, 9002])
        #expect(templates.map(\.agent) == [.installed, nil, nil])
        let choice = ProxmoxSettings.TemplateChoice.auto
        #expect(
            choice.reason(for: templates[0], among: templates)
                == "the newest of 3: 8000 is of 2026-03-01 12:00 UTC, 9000 is of 2026-01-23 10:00 UTC, 9002 is of an unknown time")
        #expect(choice.reason(for: templates[1], among: [templates[1]]) == "the only one")
        #expect(
            ProxmoxSettings.TemplateChoice.pinned("9000").reason(for: templates[1], among: [templates[1]]) == "templates: 9000 selects it")
    }

    @Test func aLaterTemplateOfOthersComesBeforeOurs() async throws {
        let templates = try await found([8000: ["description": .string(Self.notes.text)], 7990: Self.made(1_780_000_000)])
        #expect(templates.map(\.vmid) == [7990, 8000])
    }

    @Test func withoutAnyDateTheHighestNumberCounts() async throws {
        #expect(try await found([8000: [:], 9000: [:], 8500: [:]]).map(\.vmid) == [9000, 8500, 8000])
    }

    @Test func theDateInSOLTIsNotesCountsWithoutACreationTime() async throws {
        let notes = "Template: debian12-template\nVMID: 9000\nBuilt: 2026-01-23 10:11:12 EST\n"
        let templates = try await found([9000: ["description": .string(notes)]])
        #expect(templates.first?.made == Timestamp("2026-01-23T10:11:12Z"))
    }

    @Test func aPinnedTemplateIsFoundByNameOrNumber() async throws {
        #expect(try await found([8000: [:], 9000: [:]], .pinned("8000")).map(\.vmid) == [8000])
        #expect(try await found([8000: [:], 9000: [:]], .pinned("debian12-template")).map(\.vmid) == [9000, 8000])
    }

    @Test func inTheSharedRangeTheNameIsEnough() throws {
        #expect(GuestTemplate.matches(try machine(9500, ""), Fixtures.debian12))
        #expect(!GuestTemplate.matches(try machine(8500, ""), Fixtures.debian12))
        #expect(!GuestTemplate.matches(try machine(9500, "other"), Fixtures.debian12))
        #expect(!GuestTemplate.matches(try machine(9500, "", "rocky9-template"), Fixtures.debian12))
        #expect(GuestTemplate.matches(try machine(9001, "", "debian-12-template"), Fixtures.debian12))
    }

    @Test func theNotesSayHowTheAgentComes() {
        #expect(Self.notes.text.contains("\nagent: installed"))
        for origin in [AgentOrigin.image, .installed, .cloudInit, .absent, .unknown] {
            var notes = Self.notes
            notes.agent = origin
            #expect(TemplateNotes(MachineConfig(["description": .string(notes.text)]))?.agent == origin)
        }
        var old = Self.notes
        old.agent = nil
        #expect(!old.text.contains("agent") && TemplateNotes(MachineConfig(["description": .string(old.text)]))?.agent == nil)
    }

    /// What a person says in the matrix file wins over a build without an agent: it may have been installed since.
    @Test(
        arguments: [
            (.installed, false, true), (.cloudInit, nil, true), (.absent, false, false), (.absent, true, true), (.absent, nil, false),
            (nil, false, false), (nil, nil, nil), (.unknown, nil, nil),
        ] as [(AgentOrigin?, Bool?, Bool?)])
    func whetherAGuestHasAnAgent(_ origin: AgentOrigin?, _ system: Bool?, _ expected: Bool?) {
        var os = Fixtures.debian12
        os.hasGuestAgent = system
        #expect(GuestTemplate(vmid: 1, node: "n", name: "t", agent: origin).hasGuestAgent(os) == expected)
    }
}
