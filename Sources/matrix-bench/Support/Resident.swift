import Foundation

/// The memory of this process.
enum Resident {
    /// The peak resident memory so far, in megabytes (`VmHWM` of /proc/self/status, in kB).
    static var peakMegabytes: Double {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return (line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Double($0) } ?? .nan) / 1024
    }
}

/// The sizes of files.
enum Size {
    static func megabytes(of path: String) throws -> Int {
        let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
        return (size ?? 0) / 1_000_000
    }
}
