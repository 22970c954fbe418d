internal import Foundation
internal import MatrixCore

/// Makes a folder and those above it.
///
/// - Throws: `InfrastructureError` where it cannot be made.
func makeFolder(_ path: String) throws {
    do { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) } catch {
        throw InfrastructureError(
            "the folder \(path) cannot be made", why: error.localizedDescription, next: "make the folder above it writable for this account",
            isTransient: false)
    }
}

/// Lends an empty folder and removes it with all that is in it.
func withScratchFolder<R: Sendable>(_ path: String, _ body: @Sendable () async throws -> R) async throws -> R {
    // A killed process may have left it.
    try? FileManager.default.removeItem(atPath: path)
    try makeFolder(path)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try await body()
}
