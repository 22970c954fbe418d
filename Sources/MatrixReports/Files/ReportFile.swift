internal import Glibc
internal import MatrixCore
internal import SystemPackage

/// Writes one file of a report: a reader sees the old file or the complete new one, never a part of it.
enum ReportFile {
    /// Lets `body` write and check a temporary file, then renames it to `name`.
    ///
    /// - Returns: `name`.
    /// - Throws: `InfrastructureError` if the folder cannot be written; what `body` throws.
    static func write(_ name: String, into directory: String, _ body: (FileDescriptor) throws -> Void) throws -> String {
        let final = "\(directory)/\(name)"
        let draft = "\(final).\(getpid()).part"
        do {
            let file = try FileDescriptor.open(
                FilePath(draft), .readWrite, options: [.create, .truncate, .closeOnExec],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
            try file.closeAfter { try body(file) }
            guard rename(draft, final) == 0 else { throw Errno(rawValue: errno) }
        } catch {
            unlink(draft)
            throw (error as? Errno).map { failure(of: final, because: $0) } ?? error
        }
        return name
    }

    /// Writes a text in the same way.
    static func write(_ name: String, into directory: String, text: some Sequence<UInt8>) throws -> String {
        try write(name, into: directory) { _ = try $0.writeAll(text) }
    }

    /// Creates a folder in the report's folder if it does not exist.
    static func makeFolder(_ name: String, in directory: String) throws {
        guard mkdir("\(directory)/\(name)", 0o777) != 0, errno != EEXIST else { return }
        throw failure(of: "\(directory)/\(name)", because: Errno(rawValue: errno))
    }

    /// Whether `path`, relative to the report's folder, is an existing file.
    static func holds(_ path: String, in directory: String) -> Bool {
        var status = stat()
        return stat("\(directory)/\(path)", &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// Whether reports may contain a path: it must be relative, inside the folder, and one line.
    static func isNameable(_ path: String) -> Bool {
        !path.isEmpty && !path.hasPrefix("/") && path.utf8.count < 1000 && !path.split(separator: "/").contains("..")
            && !path.contains { $0 == "|" || $0 == "]" } && ReportText.line(path, limit: 1000) == path
    }

    private static func failure(of path: String, because errno: Errno) -> InfrastructureError {
        InfrastructureError(
            "\(path) was not written", why: "\(errno)",
            next: "free some disk space or choose another folder with --reports, then run 'matrix report' for this run",
            type: .reportWrite, isTransient: false)
    }
}
