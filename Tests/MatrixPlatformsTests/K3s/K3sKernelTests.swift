import Foundation
import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixPlatforms

/// What nodes that are containers change in this machine's kernel, with a folder of the test in place of /proc/sys.
@Suite struct K3sKernelTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder("mxk")
        try set("kernel/random/boot_id", "one")
        for setting in KernelSettings.all { try set(setting.name, "0") }
    }

    private var kernel: KernelSettings { KernelSettings(folder: "\(folder.path)/noted", root: "\(folder.path)/sys") }

    private func set(_ name: String, _ value: String) throws {
        let path = "\(folder.path)/sys/\(name)"
        try FileManager.default.createDirectory(atPath: NSString(string: path).deletingLastPathComponent, withIntermediateDirectories: true)
        try "\(value)\n".write(toFile: path, atomically: false, encoding: .utf8)
    }

    private func value(_ name: String) throws -> String {
        try String(contentsOfFile: "\(folder.path)/sys/\(name)", encoding: .utf8).trimmingCharacters(in: .newlines)
    }

    private func startKubelet() throws {
        for setting in KernelSettings.all { try set(setting.name, setting.given) }
    }

    @Test func whatAKubeletSetsIsPutBack() throws {
        try kernel.note(for: "a")
        #expect(kernel.isNoted(for: "a"))
        try startKubelet()
        try kernel.restore(after: "a")
        #expect(try value("kernel/panic") == "0" && value("vm/overcommit_memory") == "0")
        #expect(!kernel.isNoted(for: "a"))
        try kernel.restore(after: "a")
    }

    @Test func whatSomebodyElseHasSetSinceStays() throws {
        try kernel.note(for: "a")
        try startKubelet()
        try set("vm/overcommit_memory", "2")
        try kernel.restore(after: "a")
        #expect(try value("kernel/panic") == "0" && value("vm/overcommit_memory") == "2")
    }

    /// The second cluster finds the first one's settings, and the owner's values in what the first one has noted.
    @Test func theLastOfTwoClustersPutsBackWhatWasBeforeTheFirst() throws {
        try kernel.note(for: "a")
        try startKubelet()
        try kernel.note(for: "b")
        try kernel.restore(after: "a")
        try startKubelet()
        try kernel.restore(after: "b")
        #expect(try value("kernel/panic") == "0")
    }

    @Test func aRebootEndsIt() throws {
        try kernel.note(for: "a")
        try startKubelet()
        try set("kernel/random/boot_id", "two")
        try kernel.restore(after: "a")
        #expect(try value("kernel/panic") == "10")
    }
}
