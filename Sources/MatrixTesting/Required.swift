internal import Foundation

/// Parts of the outside world that a test needs.
public enum Required {
    /// Whether a test whose part may be missing runs: always where `SOLTI_REQUIRE_ALL=1`, so that a missing part fails it.
    public static func orSkipped(_ isThere: Bool) -> Bool {
        isThere || ProcessInfo.processInfo.environment["SOLTI_REQUIRE_ALL"] == "1"
    }
}
