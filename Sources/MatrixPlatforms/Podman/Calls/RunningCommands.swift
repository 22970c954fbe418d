internal import Foundation
internal import MatrixCore

/// The command lines of this machine's processes.
enum RunningCommands {
    /// Whether the command line of another process contains this word. An unreadable one belongs to another account, so it is not ours.
    static func anyNames(_ word: String) -> Bool {
        let own = ProcessInfo.processInfo.processIdentifier
        let processes = ProcessStatus.all
        return processes.contains { $0 != own && arguments(of: $0).contains(word) }
    }

    private static func arguments(of process: Int32) -> [String] {
        let bytes = FileManager.default.contents(atPath: "/proc/\(process)/cmdline") ?? Data()
        return bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }
}
