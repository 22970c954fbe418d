internal import FoundationEssentials
internal import Synchronization

/// Links to files and folders whose paths hold a colon, for variables that are lists of paths: `PATH`, `KUBECONFIG`. They have no way to
/// write a colon in a path. The links go with this object; those of a killed process go with its ``ProcessFolder``.
package final class PlainLinks: Sendable {
    private struct State {
        var folder: String?
        var links: [String: String] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    deinit {
        if let folder = state.withLock(\.folder) { try? FileManager.default.removeItem(atPath: folder) }
    }

    /// The path itself if a list can hold it, otherwise that of a link to it. What is made beside the link is private and goes with it.
    ///
    /// - Throws: `InfrastructureError` if no link can be made.
    package func path(to path: String) throws -> String {
        guard path.utf8.contains(UInt8(ascii: ":")) else { return path }
        return try state.withLock { state in
            if let link = state.links[path] { return link }
            let folder = try state.folder ?? ProcessFolder.make(in: "/tmp")
            state.folder = folder
            let link = "\(folder)/\(state.links.count)"
            do {
                try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
            } catch {
                throw InfrastructureError(
                    "a link in \(folder) could not be made", why: "\(error)", next: "check its permissions and the free space",
                    isTransient: false)
            }
            state.links[path] = link
            return link
        }
    }
}
