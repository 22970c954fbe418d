import Foundation
import MatrixCore

/// Folders on the runner.
enum Folder {
    /// Creates a folder and its parents, the last one with `mode`, and returns its path.
    static func make(_ path: String, mode: Int) throws -> String {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: mode])
            return path
        } catch {
            throw InfrastructureError(
                "folder \(path) cannot be created", why: FileProblem.words(error), next: "check its permissions and the free space",
                isTransient: false)
        }
    }

    /// Whether a file exists at this path.
    static func hasFile(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    /// Removes a folder with all that is in it; success also if it is already gone.
    static func remove(_ path: String) {
        try? FileManager.default.removeItem(atPath: path)
    }
}
