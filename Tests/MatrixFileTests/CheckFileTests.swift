import Foundation
import MatrixCore
import MatrixFile
import MatrixTesting
import Testing

/// Files that hold only checks.
@Suite("Files of checks")
struct CheckFileTests {
    private let cell = CellPlan(
        name: "c", point: [],
        os: OperatingSystem(name: "debian12", family: "debian", packageManager: .apt, release: .init(id: "debian", version: "12")),
        platform: "ssh", hosts: [HostPlan(name: "c")])

    @Test("are read once, as a pipe can be")
    func once() throws {
        let pipe = Pipe()
        try pipe.fileHandleForWriting.write(contentsOf: Data("- service: ssh\n- service: ${nope}\n".utf8))
        try pipe.fileHandleForWriting.close()
        let path = "/dev/fd/\(pipe.fileHandleForReading.fileDescriptor)"
        let file = CheckFile(path)
        for _ in 1...2 {
            let error = try #require(throws: UsageError.self) { try Fixtures.loader().loadChecks(file, for: cell) }
            #expect(error.description.hasPrefix("\(path):2:12: error: "), "\(error.description)")
        }
    }

    @Test("that cannot be read say why each time")
    func missing() throws {
        let file = CheckFile("/no/such/file")
        let error = try #require(throws: UsageError.self) { try Fixtures.loader().loadChecks(file, for: cell) }
        #expect(error.description.contains("cannot read `/no/such/file`: no such file"), "\(error.description)")
    }

    @Test("may ask for JSON's null among alternatives, and for nothing else that is empty")
    func null() throws {
        func load(_ matcher: String) throws {
            _ = try Fixtures.load(Fixtures.matrix("verify: [{ http: \"http://h\", json: { a: \(matcher) } }]"))
        }
        try load("{ one_of: [null] }")
        try load("{ one_of: [1, ~] }")
        try load("{ not: { one_of: [null] } }")
        for matcher in ["null", "{ one_of: [] }", "{ one_of: null }", "{ contains: [null] }", "{ any: [null] }", "{ one_of: [[]] }"] {
            #expect(throws: UsageError.self, "\(matcher)") { try load(matcher) }
        }
    }
}
