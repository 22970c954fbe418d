import Testing

@testable import MatrixPlatforms

struct ProcessLimitsTests {
    private static let limits = """
        Limit                     Soft Limit           Hard Limit           Units     
        Max processes             96365                96365                processes 
        Max open files            1024                 20000                files     
        Max file locks            unlimited            unlimited            locks     
        """

    @Test func keepsAContainerWithinItsCallersLimits() {
        let limits = ProcessLimits(limits: Self.limits, status: "CapEff:\t000001fffeffffff\n", mostPIDs: "32768\n")
        #expect(limits.options == ["--ulimit", "nofile=20000:20000", "--ulimit", "nproc=32768:32768"])
    }

    @Test func leavesLimitsAloneThatMayBeRaised() {
        #expect(ProcessLimits(limits: Self.limits, status: "CapEff:\t000001ffffffffff\n", mostPIDs: nil).options.isEmpty)
    }

    @Test func takesPodmansOwnMostForNoLimit() {
        let unlimited = "Max processes    unlimited   unlimited   processes\nMax open files   1024   unlimited   files\n"
        let limits = ProcessLimits(limits: unlimited, status: "CapEff:\t0000000000000000\n", mostPIDs: nil)
        #expect(limits.options == ["--ulimit", "nofile=1048576:1048576", "--ulimit", "nproc=1048576:1048576"])
    }

    @Test func asksForNoCapabilityThatItsCallerLacks() {
        let limits = ProcessLimits(limits: Self.limits, status: "CapEff:\t000001fffeffffff\n", mostPIDs: nil)
        #expect(!limits.hostCapabilities(isRootless: false).contains("SYS_RESOURCE"))
        #expect(limits.hostCapabilities(isRootless: false).contains("SYS_ADMIN"))
        #expect(limits.hostCapabilities(isRootless: true).contains("SYS_RESOURCE"))
    }
}
