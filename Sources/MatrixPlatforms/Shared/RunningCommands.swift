internal import Foundation
internal import MatrixCore

/// The command lines of this machine's processes.
enum RunningCommands {
    /// Whether the command line of another process contains these words, one after the other. An unreadable one belongs to another
    /// account, so it is not ours.
    static func anyNames(_ words: String...) -> Bool {
        let own = ProcessInfo.processInfo.processIdentifier
        return ProcessStatus.all.contains { $0 != own && arguments(of: $0).contains(words) }
    }

    /// The words of one; none if it cannot be read.
    static func arguments(of process: Int32) -> [String] {
        let bytes = FileManager.default.contents(atPath: "/proc/\(process)/cmdline") ?? Data()
        return bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }
}
