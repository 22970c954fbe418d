internal import Foundation

/// Folders of a test's own.
public enum TemporaryFolder {
    /// Makes one; it goes with the temporary folder.
    public static func make() throws -> String {
        let path = NSTemporaryDirectory() + "matrix-test-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }
}
