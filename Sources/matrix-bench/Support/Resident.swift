import Foundation
import Glibc

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

/// What the kernel has counted for a process and those that it has waited for.
struct Counted {
    /// Seconds on all processors.
    let processorSeconds: Double
    /// The largest resident memory of one process, in megabytes.
    let peakMegabytes: Double

    /// This process alone.
    static var own: Counted { Counted(__rusage_who_t(RUSAGE_SELF.rawValue)) }
    /// All processes that this one has started and waited for.
    static var children: Counted { Counted(__rusage_who_t(RUSAGE_CHILDREN.rawValue)) }

    private init(_ whose: __rusage_who_t) {
        var usage = rusage()
        getrusage(whose, &usage)
        processorSeconds = [usage.ru_utime, usage.ru_stime].reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6 }
        peakMegabytes = Double(usage.ru_maxrss) / 1024
    }
}
