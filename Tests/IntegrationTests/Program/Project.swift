import Foundation
import MatrixTesting
import Testing

/// A user's project in a temporary folder: matrix files, reports, state.
final class Project: Sendable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("matrix-it-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url.appendingPathComponent(".matrix"), withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// Writes a file below the project.
    func write(_ text: String, to path: String) throws {
        let file = url.appendingPathComponent(path)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    /// Makes the project a Git repository with one commit of `path`.
    func commit(_ path: String) throws {
        let git = ["git", "-C", url.path, "-c", "user.name=Test", "-c", "user.email=test@example.net"]
        for command in [["init", "-q"], ["add", path], ["commit", "-q", "-m", path]] {
            try #require(try Shell.run(git + command).status == 0)
        }
    }

    func read(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: url.appendingPathComponent(path)), as: UTF8.self)
    }

    func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: url.appendingPathComponent(path).path) }

    /// Every regular file below the project.
    func files() -> [URL] { Self.files(below: url) }

    /// Every regular file below a folder.
    static func files(below folder: URL) -> [URL] {
        let keys: [URLResourceKey] = [.isRegularFileKey]
        let all = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: keys)?.compactMap { $0 as? URL } ?? []
        return all.filter { (try? $0.resourceValues(forKeys: Set(keys)).isRegularFile) == true }
    }

    /// The repository's own folder, for its fixtures.
    static let repository = URL(fileURLWithPath: Repository.root)
}
