import Foundation

/// How much the tests try: what every commit can bear, or all of it.
public enum Tier {
    /// Set by `Tests/run --nightly`.
    public static let isNightly = ProcessInfo.processInfo.environment["SOLTI_NIGHTLY"] == "1"
}
