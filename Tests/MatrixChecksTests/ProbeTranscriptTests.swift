import MatrixCore
import Testing

@testable import MatrixChecks

/// What a host that stood still answers is no verdict.
@Suite struct ProbeTranscriptTests {
    private let script = ProbeScript([Probe("x", timeout: .seconds(30))], marker: "M")

    private func transcript(_ text: String) -> ProbeTranscript {
        ProbeTranscript(CommandResult(exitStatus: 0, standardOutput: Array(text.utf8)), of: script)
    }

    @Test func aLimitThatPassedWhileTheHostStoodStillSaysNothing() throws {
        let slow = transcript("\nM begin\n\nM 0 124 10.00 40.10 0 3 2\na\nM\nM\nM end\n")
        #expect(try slow.answers[0].get().end == .timedOut && slow.lost.isEmpty)
        let still = transcript("\nM begin\n\nM 0 124 10.00 44.60 34 3 2\na\nM\nM\nM end\n")
        let error = #expect(throws: Unanswered.self) { try still.answers[0].get() }
        #expect(error?.why.contains("stood still for 34 s") == true && still.lost == [0], "\(error?.why ?? "")")
        // One that ended in spite of it is an answer.
        #expect(try transcript("\nM begin\n\nM 0 0 10.00 44.60 34 3 2\na\nM\nM\nM end\n").answers[0].get().text == "a")
    }

    @Test func outputWithoutItsEndIsNoneEvenIfTheLimitPassed() throws {
        let cut = transcript("\nM begin\n\nM 0 124 10.00 40.10 0 1 2\na\nM\nM end\n")
        let error = #expect(throws: Unanswered.self) { try cut.answers[0].get() }
        #expect(error?.why == "the host did not keep all of the output" && cut.lost == [0])
    }

    @Test func aHostWithoutAFolderToWriteInIsToldAsThat() throws {
        let text = "\nM unwritable mktemp: failed to create directory via template '/tmp/tmp.XXXXXXXXXX': Read-only file system\n"
        let error = #expect(throws: Unanswered.self) { try transcript(text).answers[0].get() }
        #expect(
            error?.why == "neither /tmp nor /dev/shm can be written on the host, and checks need one of them: Read-only file system")
    }
}
