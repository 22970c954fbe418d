import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixChecks

/// What a check remembers, and what a later one recalls.
@Suite struct MemoryTests {
    private func command(_ output: String, _ memory: MemoryItem) throws -> Judgement {
        var item = try Samples.item("command: wc -l")
        item.memory = memory
        let answer = ProbeAnswer(end: .status(0), output: Array(output.utf8), error: [])
        return try CommandCheck(item).judge(answer)
    }

    @Test("a command remembers its output, and expects it again")
    func commands() throws {
        #expect(try command("12\n", MemoryItem(name: "rows")).remembered == "12")
        #expect(try command("12\n", MemoryItem(name: "rows", recalled: "12")).holds)
        let lost = try command("0\n", MemoryItem(name: "rows", recalled: "12"))
        #expect(lost.message == "stdout: expected \"12\", as was remembered as rows, observed \"0\"")
    }

    @Test("an output that is cut is not remembered")
    func tooLong() throws {
        var item = try Samples.item("command: cat")
        item.memory = MemoryItem(name: "all")
        let answer = ProbeAnswer(end: .status(0), output: Array("x".utf8), error: [], outputIsCut: true)
        let check = try CommandCheck(item)
        #expect(throws: Unanswered.self) { _ = try check.judge(answer) }
    }

    @Test("a query that recalls writes nothing and asks for the marker")
    func queries() throws {
        var item = try Samples.item("query: http://x/{marker}\nrecall: probe")
        item.memory = MemoryItem(name: "probe", recalled: "m123")
        let query = try QueryCheck(item)
        #expect(query.write.script == ":" && query.display.display.contains("/m123"))
    }

    @Test("the runner remembers for the same host, over processes, until it forgets")
    func runner() async throws {
        let folder = try TemporaryFolder("memory")
        let transport = ScriptedTransport()
        var context = Samples.context(Samples.cell(), transports: [transport])
        context.memory = CheckMemory(in: folder.path)
        let step = try Samples.step("rows", "command: wc -l\nrecall: rows")
        func recalled() async throws -> CaseResult {
            try #require(try await CheckRunner(runner: transport).verify([step], in: context) { _ in }.first)
        }
        let before = try await recalled()
        #expect(before.outcome == .error && before.message?.contains("nothing was remembered as `rows`") == true)
        #expect(transport.commands.isEmpty)
        try CheckMemory(in: folder.path).keep("12", as: "rows", of: "debian12-podman")
        #expect(CheckMemory(in: folder.path).value("rows", of: "debian12-podman") == "12")
        #expect(CheckMemory(in: folder.path).value("rows", of: "another") == nil)
        CheckMemory(in: folder.path).forget()
        #expect(CheckMemory(in: folder.path).value("rows", of: "debian12-podman") == nil)
    }
}
