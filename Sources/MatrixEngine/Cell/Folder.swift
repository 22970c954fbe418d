import Foundation
import MatrixCore

/// Folders on the runner.
enum Folder {
    /// Makes a folder with those above it, the last one with `mode`, and returns its path.
    static func make(_ path: String, mode: Int) throws -> String {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: mode])
            return path
        } catch {
            throw InfrastructureError(
                "folder \(path) cannot be made", why: error.localizedDescription, next: "check its permissions and the free space", isTransient: false)
        }
    }

    /// Whether there is a file of this path.
    static func hasFile(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    /// Removes a folder with all that is in it; gone already is success.
    static func remove(_ path: String) {
        try? FileManager.default.removeItem(atPath: path)
    }
}
