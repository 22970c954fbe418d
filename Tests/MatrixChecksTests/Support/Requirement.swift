import Foundation
import Testing

/// Parts outside of the project that a test needs: without them it is reported as skipped, or fails where all are required.
enum Requirement {
    static func tools(_ names: String...) -> ConditionTrait {
        .enabled("needs \(names.joined(separator: ", ")): install them, or run fixtures/setup.sh") {
            isRequired || names.allSatisfy(isInstalled)
        }
    }

    static var isRequired: Bool { ProcessInfo.processInfo.environment["SOLTI_REQUIRE_ALL"] == "1" }

    private static func isInstalled(_ name: String) -> Bool {
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") }
    }
}
