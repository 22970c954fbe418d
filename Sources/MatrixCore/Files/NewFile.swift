internal import Foundation
internal import Glibc

/// Writes whole files on the runner.
public enum NewFile {
    /// Writes a file, replacing any old one. The mode is set before the content is written.
    ///
    /// It is not synced to the disk, as `Data.write` does on Linux: that costs each cell of a run the disk's time.
    ///
    /// - Throws: `InfrastructureError`, which does not hold the text.
    public static func write(_ text: String, to path: String, mode: Int = 0o644) throws {
        unlink(path)
        let number = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode_t(mode))
        guard number >= 0 else { throw failure(path, String(cString: strerror(errno))) }
        let file = FileHandle(fileDescriptor: number, closeOnDealloc: true)
        // The process's umask may have removed bits from it.
        guard fchmod(number, mode_t(mode)) == 0 else { throw failure(path, String(cString: strerror(errno))) }
        do {
            try file.write(contentsOf: Data(text.utf8))
            try file.close()
        } catch {
            throw failure(path, FileProblem.words(error))
        }
    }

    private static func failure(_ path: String, _ why: String) -> InfrastructureError {
        InfrastructureError("\(path) could not be written", why: why, next: "check its permissions and the free space", isTransient: false)
    }
}
