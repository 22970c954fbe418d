import MatrixCore

/// What is mounted on a host, read from /proc/self/mountinfo.
struct MountTable {
    struct Mount: Hashable {
        var path: String
        var filesystem: String
        var source: String
        /// Of the mount point and of the file system, each once, in their order.
        var options: [String]
    }

    /// In the order in which they were mounted.
    let mounts: [Mount]

    /// proc_pid_mountinfo(5): `36 35 98:0 /root /path rw,noatime master:1 - ext3 /dev/root rw,errors=continue`.
    init(_ text: String) {
        mounts = text.parts(at: "\n").compactMap { line in
            let fields = line.parts(at: " ", omittingEmptySubsequences: false)
            guard let dash = fields.firstIndex(of: "-"), dash >= 6, fields.count >= dash + 3 else { return nil }
            let options = fields[5].split(separator: ",") + (fields.count > dash + 3 ? fields[dash + 3].split(separator: ",") : [])
            var seen: Set<Substring> = []
            return Mount(
                path: Self.decoded(fields[4]), filesystem: String(fields[dash + 1]), source: Self.decoded(fields[dash + 2]),
                options: options.filter { seen.insert($0).inserted }.map(Self.decoded))
        }
    }

    /// Blanks, tabs, newlines and backslashes stand as three octal digits.
    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\\"), rest.count >= 3, let code = UInt8(String(decoding: rest.prefix(3), as: UTF8.self), radix: 8) {
                bytes.append(code)
                rest = rest.dropFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
