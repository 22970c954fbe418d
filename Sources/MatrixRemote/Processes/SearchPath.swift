internal import Foundation

/// Programs by the folders of a `PATH`.
public enum SearchPath {
    /// The first file of this name that may be executed; nil if no folder has one.
    ///
    /// - Parameter path: folders with colons between them.
    public static func file(of program: String, in path: String) -> String? {
        path.split(separator: ":").map { "\($0)/\(program)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }
}
