internal import Foundation
import MatrixCore
internal import Synchronization

/// A build's log. It is kept, if the build fails or not.
final class BuildLog: Sendable {
    private let file: Mutex<FileHandle>
    private let context: PlatformContext

    init(_ name: String, in folder: String, context: PlatformContext) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let path = "\(folder)/\(name)-\(Timestamp.now.tag).log"
        if !FileManager.default.fileExists(atPath: path) { try Data().write(to: URL(fileURLWithPath: path)) }
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try handle.seekToEnd()
        file = Mutex(handle)
        self.context = context
    }

    /// Adds a line with its time.
    func write(_ text: String) {
        let line = "\(Timestamp.now) \(context.withoutSecrets(text))\n"
        // A full disk must not make a build fail.
        file.withLock { try? $0.write(contentsOf: Data(line.utf8)) }
    }
}
