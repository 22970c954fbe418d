internal import Foundation
internal import MatrixCore

/// Makes a folder and its parents.
///
/// - Parameter mode: nil for what the process's umask gives.
/// - Throws: `InfrastructureError` if it cannot be made.
func makeFolder(_ path: String, mode: Int? = nil) throws {
    do {
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: mode.map { [.posixPermissions: $0] })
    } catch {
        throw InfrastructureError(
            "the folder \(path) cannot be made", why: FileProblem.words(error), next: "make its parent folder writable for this account",
            isTransient: false)
    }
}

/// Makes an empty folder, runs `body` and removes the folder with its content.
func withScratchFolder<R: Sendable>(_ path: String, _ body: @Sendable () async throws -> R) async throws -> R {
    // A killed process may have left it.
    try? FileManager.default.removeItem(atPath: path)
    try makeFolder(path)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try await body()
}
