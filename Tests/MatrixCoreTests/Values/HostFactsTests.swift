import MatrixCore
import Testing

@Suite struct HostFactsTests {
    private let rocky = HostFacts(
        """
        id rocky
        version 9.5
        title Rocky Linux 9.5 (Blue Onyx)
        kernel 5.14.0
        arch x86_64
        cores 4
        memory 4000000
        root yes
        something else
        """)

    @Test func areRead() {
        #expect(rocky.id == "rocky" && rocky.version == "9.5" && rocky.cores == 4 && rocky.isAdministrator)
        #expect(rocky.memory == 4_000_000 * 1024)
        #expect(rocky.named["os.name"] == "Rocky Linux 9.5 (Blue Onyx)" && rocky.named.count == 5)
        #expect(HostFacts("").named.isEmpty && !HostFacts("").isAdministrator)
    }

    @Test(arguments: [("9", true), ("9.5", true), ("", true), ("9.4", false), ("95", false)])
    func aSystemIsJudgedAsTheCheckDoes(version: String, fits: Bool) {
        #expect(rocky.isSystem(.init(id: "rocky", version: version)) == fits)
        #expect(!rocky.isSystem(.init(id: "debian", version: version)))
    }
}
