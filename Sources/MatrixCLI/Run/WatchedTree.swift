import Foundation
import MatrixCore
import MatrixRemote

/// The files whose change makes `matrix run --watch` deploy again: files, and folders with all below them that Git does not ignore.
struct WatchedTree: Sendable {
    /// The state of every file: size and time.
    typealias Snapshot = [String: String]

    /// How often it looks.
    private static let pause = Duration.milliseconds(300)

    /// Absolute paths of files and folders.
    let roots: [String]
    /// Folders that a run writes into.
    let ignored: [String]

    /// What is there now.
    func snapshot() async -> Snapshot {
        var snapshot: Snapshot = [:]
        for root in roots {
            for path in await files(below: root) where !ignored.contains(where: { path == $0 || path.hasPrefix("\($0)/") }) {
                snapshot[path] = FileStamp.of(path)
            }
        }
        return snapshot
    }

    /// Waits until something differs from a snapshot, and then until nothing changes any more: an editor and a checkout write many files.
    ///
    /// - Returns: what is there now, and the paths that have changed, sorted.
    /// - Throws: `CancellationError`.
    func change(since old: Snapshot) async throws -> (snapshot: Snapshot, changed: [String]) {
        var last = old
        while true {
            try await Task.sleep(for: Self.pause)
            let now = await snapshot()
            // Complete is what was the same twice.
            if now == last, now != old {
                return (now, Set(now.keys).union(old.keys).filter { now[$0] != old[$0] }.sorted())
            }
            last = now
        }
    }

    private func files(below root: String) async -> [String] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: root, isDirectory: &isFolder) else { return [] }
        guard isFolder.boolValue else { return [root] }
        let command = Command(
            [
                "git", "-c", "safe.bareRepository=explicit", "-c", "core.fsmonitor=false", "-C", root, "ls-files", "-z", "--cached",
                "--others", "--exclude-standard",
            ],
            outputLimit: 16 << 20, timeout: .seconds(20))
        if let listed = try? await LocalTransport().run(command), listed.succeeded {
            return listed.output.split(separator: "\0").map { "\(root)/\($0)" }
        }
        let found = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
        return found.filter { !$0.split(separator: "/").contains(".git") }.map { "\(root)/\($0)" }
    }
}
