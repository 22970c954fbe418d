/// More bytes than the buffers of all pipes together.
enum ManyBytes {
    /// All values of a byte, then ASCII only: each line that is no UTF-8 throws an error in the standard library, and Swift Testing records
    /// a backtrace of every error.
    static let all = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) & ($0 < 100_000 ? 0xff : 0x7f) }
}
