import MatrixCore
import Testing

@testable import MatrixDeployers

@Suite struct OutputTailTests {
    @Test func standardErrorIsLastInAnyOrderOfThePipes() throws {
        for order in [[0, 1, 2], [1, 0, 2], [1, 2, 0]] {
            let lines = [OutputLine(.standardError, "why"), OutputLine(.standardOutput, "one"), OutputLine(.standardOutput, "two")]
            let tail = OutputTail(try Sandbox().context())
            for index in order { tail.add(lines[index]) }
            #expect(tail.text == "one\ntwo\nwhy")
        }
    }

    @Test func `A secret of several lines is hidden before its last line is taken`() throws {
        let tail = OutputTail(try Sandbox().context(secrets: ["key": "the first line\nend"]))
        for line in ["key:", "the first line", "end"] { tail.add(OutputLine(.standardOutput, line)) }
        #expect(tail.text == "key:\n[redacted]")
    }

    @Test func `A secret at the cut of a long line is hidden`() throws {
        let context = try Sandbox().context(secrets: ["key": "s3cret-at-the-cut"])
        let tail = OutputTail(context)
        let line = String(repeating: "x", count: 990) + "s3cret-at-the-cut" + String(repeating: "y", count: 5000)
        tail.add(OutputLine(.standardOutput, line))
        #expect(tail.text.hasPrefix("xxxx") && !tail.text.contains("s3cret"))
        let stage = RecipeStage(try Sandbox().document(["script": "true", "fails_on": "^xxx"]), checks: [])
        let watch = OutputWatch(stage, context)
        watch.look(at: OutputLine(.standardOutput, String(repeating: "x", count: 1000) + line))
        let complaint = try #require(watch.complaint)
        #expect(complaint.hasPrefix("xxxx") && !complaint.contains("s3cret"))
    }

    @Test func `A secret whose first lines are no longer kept is hidden`() throws {
        let context = try Sandbox().context(secrets: ["key": "cmdSECRET-0123456789abcdef"])
        let base64 = Array("Y21kU0VDUkVULTAxMjM0NTY3ODlhYmNkZWY=")
        let tail = OutputTail(context, limit: 3)
        for start in stride(from: 0, to: base64.count, by: 4) { tail.add(OutputLine(.standardOutput, String(base64[start..<start + 4]))) }
        #expect(tail.text == "[redacted]")
    }

    @Test func `A secret in the middle of a long line is found`() throws {
        let context = try Sandbox().context()
        let stage = RecipeStage(try Sandbox().document(["script": "true", "secrets": ["word": #"Password: (\S+)"#]]), checks: [])
        let watch = OutputWatch(stage, context)
        let filler = String(repeating: "x ", count: 10_000)
        watch.look(at: OutputLine(.standardOutput, "\(filler)Password: hunter2-hunter2 \(filler)"))
        #expect(watch.secrets == ["word": "hunter2-hunter2"])
        #expect(context.redactor.redact("hunter2-hunter2") == Redactor.mark)
    }

    @Test func itKeepsTheLastLinesOnly() throws {
        let tail = OutputTail(try Sandbox().context(), limit: 3)
        for number in 1...5 { tail.add(OutputLine(.standardOutput, "out \(number)")) }
        tail.add(OutputLine(.standardError, "why"))
        #expect(tail.lines == ["out 4", "out 5", "why"])
    }
}
