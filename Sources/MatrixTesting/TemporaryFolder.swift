internal import Foundation
import Synchronization

/// An empty folder that only this account can read. It is removed with the last reference to it.
public final class TemporaryFolder: Sendable {
    /// Its path, without a slash at the end.
    public let path: String

    /// Makes a folder.
    ///
    /// - Parameter prefix: the start of its name.
    public init(_ prefix: String = "matrix-test") throws {
        path = FileManager.default.temporaryDirectory.path + "/\(prefix)-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Its entries, including hidden files.
    public var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
    }

    /// The text of a file in it.
    public func text(_ name: String) throws -> String {
        try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8)
    }

    /// Writes a file, and makes the folders above it.
    ///
    /// - Returns: the file's path.
    @discardableResult
    public func put(_ name: String, _ text: String = "log\n") throws -> String {
        let file = URL(fileURLWithPath: "\(path)/\(name)")
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: file, atomically: false, encoding: .utf8)
        return file.path
    }

    private static let untilTheEnd: Mutex<[TemporaryFolder]> = {
        // No deinit runs when a process ends.
        atexit { TemporaryFolder.untilTheEnd.withLock { $0 = [] } }
        return Mutex([])
    }()

    /// Makes a folder that is removed at the end of the process.
    ///
    /// - Returns: its path, without a slash at the end.
    public static func make() throws -> String {
        let folder = try TemporaryFolder()
        untilTheEnd.withLock { $0.append(folder) }
        return folder.path
    }
}
