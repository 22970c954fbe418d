import Foundation
import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixCore

@Suite struct ProcessFolderTests {
    @Test func aFolderOfALivingProcessIsNotAbandoned() throws {
        let base = try TemporaryFolder()
        let made = try ProcessFolder.make(in: base.path)
        let mode = try FileManager.default.attributesOfItem(atPath: made)[.posixPermissions] as? Int
        #expect(mode == 0o700)
        #expect(made.hasPrefix("\(base.path)/solti-") && ProcessFolder.abandoned(in: base.path).isEmpty)
    }

    @Test func aSocketsPathFits() throws {
        let made = try ProcessFolder.make(in: "/tmp")
        defer { try? FileManager.default.removeItem(atPath: made) }
        #expect(made.utf8.count <= 107 - 17 - 1 - 18)
    }

    /// The fourth and fifth parts of the name are the process and when it started.
    @Test(arguments: [(3, "0", true), (4, "1", true), (2, "1", false), (1, "00000000", false)])
    func aFolderWhoseProcessIsGoneIsAbandoned(_ part: Int, _ value: String, _ isAbandoned: Bool) throws {
        let base = try TemporaryFolder()
        let made = try ProcessFolder.make(in: base.path)
        var parts = made.split(separator: "/").last.map { $0.split(separator: "-").map(String.init) } ?? []
        try #require(parts.count == 6)
        // No process has a pid beyond the kernel's limit.
        parts[part] = part == 3 ? "2000000000" : value
        let other = "\(base.path)/\(parts.joined(separator: "-"))"
        try FileManager.default.moveItem(atPath: made, toPath: other)
        #expect(ProcessFolder.abandoned(in: base.path) == (isAbandoned ? [other] : []))
    }

    @Test func foldersOfOthersAreLeftAlone() throws {
        let base = try TemporaryFolder()
        for name in ["solti-x", "solti-recipe-abcdef", "solti-matrix-0-abc", "systemd-private-1-2-3-4"] {
            try FileManager.default.createDirectory(atPath: "\(base.path)/\(name)", withIntermediateDirectories: false)
        }
        #expect(ProcessFolder.abandoned(in: base.path).isEmpty)
    }
}
