import Foundation

/// What this process holds in memory.
enum Resident {
    /// The most that was resident so far, in megabytes (`VmHWM` of /proc/self/status, in kB).
    static var peakMegabytes: Double {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return (line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Double($0) } ?? .nan) / 1024
    }
}

/// How large files are.
enum Size {
    static func megabytes(of path: String) throws -> Int {
        let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
        return (size ?? 0) / 1_000_000
    }
}
