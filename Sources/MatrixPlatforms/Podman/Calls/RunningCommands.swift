internal import Foundation
internal import MatrixCore

/// What the processes of this machine were started with.
enum RunningCommands {
    /// Whether a command line of another process holds this word. One that cannot be read is another account's, and not ours.
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
