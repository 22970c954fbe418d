import MatrixCore
import Testing

@testable import MatrixPlatforms

/// The advice on a machine that did not come up follows what the server says of it.
@Suite struct ProxmoxEvidenceTests {
    @Test(arguments: [
        (["status": "stopped"] as Value, false, "does not run: see the log of its start task"),
        (["status": "running"] as Value, false, "nothing in it answers"), (["status": "running"] as Value, true, "its agent answers"),
        (["status": "stopped", "lock": "clone"] as Value, false, "is locked (clone)"),
    ])
    func theAdviceFollowsTheState(status: Value, isAnswering: Bool, part: String) {
        let advice = ProxmoxEvidence.advice(status, isAnswering: isAnswering, 9001, "pve1")
        #expect(advice?.contains(part) == true, "\(advice ?? "none")")
    }

    @Test func anUnknownStateHasNoAdvice() {
        #expect(ProxmoxEvidence.advice(.null, isAnswering: false, 9001, "pve1") == nil)
    }
}
