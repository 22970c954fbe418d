internal import Foundation
internal import Glibc
internal import MatrixCore

/// What the driver reads from the machine that it runs on, other than by running programs.
struct LocalMachine: Sendable {
    /// The text of a file, or nil.
    var read: @Sendable (String) -> String?
    /// Whether there is such a file or folder.
    var exists: @Sendable (String) -> Bool
    /// The folder for building and locking images: one for all projects of an account, like Podman's storage.
    var cache: String
    /// What changes whenever a file, or a file of a folder, is written: sizes and times; nil if there is none.
    var stamp: @Sendable (String) -> String? = { _ in nil }
    /// The environment that `podman` gets.
    var environment: [String: String] = [:]

    /// This machine.
    ///
    /// - Parameter state: the state folder, used if the account has no home.
    static func current(state: String) -> LocalMachine {
        LocalMachine(
            read: { path in FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } },
            exists: { FileManager.default.fileExists(atPath: $0) }, cache: CacheFolder.path("podman", state: state), stamp: stamp(of:),
            environment: ProcessInfo.processInfo.environment)
    }

    @Sendable private static func stamp(of path: String) -> String? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        let own = "\(path) \(status.st_ino) \(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
        guard status.st_mode & S_IFMT == S_IFDIR else { return own }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return ([own] + names.sorted().compactMap { stamp(of: "\(path)/\($0)") }).joined(separator: "\n")
    }
}

extension LocalMachine {
    /// Whether controllers of both cgroup versions are mounted, as in systemd's hybrid mode and in some sandboxes.
    var hasHybridCgroups: Bool { exists("/sys/fs/cgroup/unified/cgroup.controllers") && !exists("/sys/fs/cgroup/cgroup.controllers") }

    /// Looks in the folders for a package's internal programs, then in the usual ones.
    func finds(_ program: String) -> Bool {
        let folders = ["/usr/lib/podman", "/usr/libexec/podman", "/usr/local/libexec/podman", "/usr/local/lib/podman"]
        return (folders + ["/usr/bin", "/usr/sbin", "/bin", "/sbin", "/usr/local/bin", "/usr/local/sbin"]).contains {
            exists("\($0)/\(program)")
        }
    }
}
