import MatrixCore
import Testing

@testable import MatrixDeployers

@Suite struct OutputTailTests {
    @Test func standardErrorIsLastInAnyOrderOfThePipes() {
        for order in [[0, 1, 2], [1, 0, 2], [1, 2, 0]] {
            let lines = [OutputLine(.standardError, "why"), OutputLine(.standardOutput, "one"), OutputLine(.standardOutput, "two")]
            let tail = OutputTail()
            for index in order { tail.add(lines[index]) }
            #expect(tail.text == "one\ntwo\nwhy")
        }
    }

    @Test func itKeepsTheLastLinesOnly() {
        let tail = OutputTail(limit: 3)
        for number in 1...5 { tail.add(OutputLine(.standardOutput, "out \(number)")) }
        tail.add(OutputLine(.standardError, "why"))
        #expect(tail.lines == ["out 4", "out 5", "why"])
    }
}
