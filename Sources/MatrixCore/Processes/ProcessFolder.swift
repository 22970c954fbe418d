internal import FoundationEssentials
internal import Glibc

/// Private folders of one process in the system's temporary folder. Their names say whose they are: if the process is killed, another
/// one removes them.
package enum ProcessFolder {
    /// Makes a folder `solti-<boot>-<namespace>-<pid>-<start>-<random>`, mode 0700.
    ///
    /// - Parameter base: `/tmp` for sockets, whose paths must be short; nil for the account's temporary folder.
    /// - Throws: `InfrastructureError`.
    package static func make(in base: String? = nil) throws -> String {
        let base = base ?? plain(FileManager.default.temporaryDirectory.path)
        let ticks = ProcessStatus(pid: getpid())?.startTicks ?? 0
        var name = Array("\(base)/solti-\(boot)-\(namespace)-\(getpid())-\(ticks)-XXXXXX".utf8CString)
        guard let made = mkdtemp(&name) else {
            throw InfrastructureError(
                "a folder in \(base) could not be created", why: String(cString: strerror(errno)),
                next: "check its permissions and the free space", isTransient: false)
        }
        return String(cString: made)
    }

    /// The folders whose process is gone, sorted.
    package static var abandoned: [String] {
        Set([plain(FileManager.default.temporaryDirectory.path), "/tmp"]).sorted().flatMap { abandoned(in: $0) }
    }

    static func abandoned(in base: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: base)) ?? []
        return names.filter { isAbandoned($0, in: base) }.sorted().map { "\(base)/\($0)" }
    }

    private static func isAbandoned(_ name: String, in base: String) -> Bool {
        let parts = name.split(separator: "-", omittingEmptySubsequences: false)
        // A process of another namespace cannot be seen from here.
        guard parts.count == 6, parts[0] == "solti", parts[2] == namespace, let pid = Int32(parts[3]), let ticks = Int64(parts[4]) else {
            return false
        }
        var status = stat()
        guard lstat("\(base)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid() else { return false }
        // Two machines may share the folder: what another boot made must be old.
        guard parts[1] == boot else { return age(of: "\(base)/\(name)") > week }
        if kill(pid, 0) != 0, errno == ESRCH { return true }
        return ProcessStatus(pid: pid).map { $0.startTicks != ticks || $0.hasEnded } ?? false
    }

    /// In seconds, since the last change of its content; 0 if that is unknown.
    private static func age(of path: String) -> Double {
        let changed = (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date
        return changed.map { -$0.timeIntervalSinceNow } ?? 0
    }

    private static let week = 7 * 86400.0
    private static let boot = String((SystemFile.text("/proc/sys/kernel/random/boot_id") ?? "").prefix(8))
    private static let namespace = (SystemFile.link("/proc/self/ns/pid") ?? "").filter { $0.isASCII && $0.isNumber }

    private static func plain(_ path: String) -> String { path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path }
}
