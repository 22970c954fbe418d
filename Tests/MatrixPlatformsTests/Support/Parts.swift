import Foundation

/// The parts of this machine that integration tests need; with SOLTI_REQUIRE_ALL=1 a test runs, and fails, without them.
enum Parts {
    static let isEverythingRequired = ProcessInfo.processInfo.environment["SOLTI_REQUIRE_ALL"] == "1"
    static let podman = isEverythingRequired || ["podman", "ssh", "ssh-keygen", "mmdebstrap"].allSatisfy(has)

    private static func has(_ program: String) -> Bool {
        ["/usr/bin", "/usr/sbin", "/bin", "/usr/local/bin"].contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(program)") }
    }
}
