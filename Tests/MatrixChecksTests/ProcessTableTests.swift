import Testing

@testable import MatrixChecks

/// Processes as /proc shows them.
@Suite struct ProcessTableTests {
    @Test func theProbeDoesNotCountItself() {
        func status(_ id: Int, parent: Int, state: String = "S") -> String {
            "/proc/\(id)/status:Name:\ttimeout\n/proc/\(id)/status:State:\t\(state) "
                + "(x)\n/proc/\(id)/status:PPid:\t\(parent)\n/proc/\(id)/status:Uid:\t0\t0\t0\t0\n"
        }
        let text =
            "asker 10\nroot:x:0:0::/root:/bin/sh\nstatus\n" + status(10, parent: 1) + status(11, parent: 10) + status(12, parent: 11)
            + status(13, parent: 1)
            + status(14, parent: 1, state: "Z") + "programs\n"
        #expect(ProcessTable(text).processes(named: "timeout").map(\.id) == [13])
    }
}
