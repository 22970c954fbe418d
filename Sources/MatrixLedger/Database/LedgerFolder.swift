import MatrixCore
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The folder of `state.db` and of the runs' keys: private, and never part of a commit.
enum LedgerFolder {
    /// Makes the folder if it does not exist.
    /// - Throws: `UsageError` if something else has its name or it cannot be made.
    static func prepare(_ path: String) throws {
        do {
            guard try make(FilePath(path), mode: 0o700) else { return }
            try ignoreInGit(FilePath(path))
        } catch let problem as Errno {
            throw UsageError(
                "the state folder \(path) cannot be used: \(problem)", hint: "name another one with --state DIR or SOLTI_STATE")
        }
    }

    /// Makes a folder and its parents; false if it existed.
    private static func make(_ path: FilePath, mode: mode_t) throws -> Bool {
        if isFolder(path) { return false }
        let parent = path.removingLastComponent()
        if !parent.isEmpty, parent != path { _ = try make(parent, mode: 0o777) }
        guard mkdir(path.string, mode) != 0 else { return true }
        let problem = Errno(rawValue: errno)
        guard problem == .fileExists else { throw problem }
        // Another process may have been faster, or it is a file.
        guard isFolder(path) else { throw Errno.notDirectory }
        return false
    }

    private static func isFolder(_ path: FilePath) -> Bool {
        (try? FileDescriptor.open(path, .readOnly, options: [.directory, .closeOnExec]).close()) != nil
    }

    private static func ignoreInGit(_ path: FilePath) throws {
        let file = try FileDescriptor.open(
            path.appending(".gitignore"), .writeOnly, options: [.create, .truncate, .closeOnExec], permissions: .ownerReadWrite)
        _ = try file.closeAfter { try file.writeAll("*\n".utf8) }
    }
}
