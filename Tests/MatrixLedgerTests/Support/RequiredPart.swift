import Foundation
import Testing

/// A program that a test needs: without it the test is skipped, or fails where `SOLTI_REQUIRE_ALL=1`.
func has(_ program: String) -> Bool {
    if ProcessInfo.processInfo.environment["SOLTI_REQUIRE_ALL"] == "1" { return true }
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(program)") }
}
