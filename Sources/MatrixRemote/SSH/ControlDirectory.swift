internal import FoundationEssentials
import Glibc
internal import MatrixCore

/// The folder of the connections' control sockets.
struct ControlDirectory: Sendable {
    /// A socket's path may have 107 bytes on Linux, and OpenSSH first makes it with 17 more at its end.
    private static let longestSocket = 107 - 17
    private static let nameLength = 18

    let path: String

    /// Makes the folder with mode 0700. If its path is too long for sockets, makes a short one for the account instead.
    init(_ wanted: String) throws {
        path = wanted.utf8.count + 1 + Self.nameLength <= Self.longestSocket ? wanted : Self.short(wanted)
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid() else {
            throw InfrastructureError(
                "making the folder \(path) for SSH connections", why: "it is not a folder of this account", next: "remove \(path)",
                type: .sshControl,
                isTransient: false)
        }
        chmod(path, 0o700)
    }

    private static func short(_ wanted: String) -> String { "/tmp/solti-matrix-\(geteuid())-\(hash(wanted))" }

    /// Removes the short folder that stands for one with a long path, if it is empty.
    static func removeShort(for wanted: String) { rmdir(short(wanted)) }

    /// An unused path.
    func newSocket(for alias: String) -> String {
        "\(path)/\(Self.hash("\(alias) \(UInt64.random(in: 0...UInt64.max))"))"
    }

    /// FNV-1a, 64 bits: short names that differ, not a secret.
    private static func hash(_ text: String) -> String {
        String(text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }, radix: 36)
    }
}
