internal import Foundation
internal import MatrixCore

/// Files and folders on the runner, with errors that say what to do.
enum FileSystem {
    /// Creates a folder and its parents.
    static func makeFolder(_ path: String, mode: Int = 0o755) throws {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: mode])
        } catch {
            throw failure("folder \(path) could not be created", error)
        }
    }

    /// Creates a new folder with a unique name that begins with `prefix`, mode 0700.
    static func makeUniqueFolder(_ prefix: String) throws -> String {
        var name = Array("\(prefix)XXXXXX".utf8CString)
        guard let made = mkdtemp(&name) else {
            throw InfrastructureError("folder \(prefix)… could not be created", why: String(cString: strerror(errno)), isTransient: false)
        }
        return String(cString: made)
    }

    /// A file's bytes; nil if it cannot be read.
    static func bytes(of path: String) -> [UInt8]? {
        FileManager.default.contents(atPath: path).map(Array.init)
    }

    /// A file's text; nil if it cannot be read.
    static func text(of path: String) -> String? {
        bytes(of: path).map { String(decoding: $0, as: UTF8.self) }
    }

    /// A file's size in bytes; 0 if it does not exist.
    static func size(of path: String) -> Int {
        (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int ?? 0
    }

    static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    static func isFolder(_ path: String) -> Bool {
        var folder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &folder) && folder.boolValue
    }

    /// The names in a folder, sorted; empty if it does not exist.
    static func names(in folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    }

    /// The paths of all plain files below a folder, relative to it, sorted. Symbolic links are neither followed nor listed.
    static func files(below folder: String) -> [String] {
        guard let paths = FileManager.default.enumerator(atPath: folder) else { return [] }
        var found: [String] = []
        while let path = paths.nextObject() as? String {
            if paths.fileAttributes?[.type] as? FileAttributeType == .typeRegular { found.append(path) }
        }
        return found.sorted()
    }

    /// Removes a file or folder; if it is already gone, that is not an error.
    static func remove(_ path: String) {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Creates a symbolic link to an absolute path.
    static func link(_ path: String, to target: String) throws {
        do {
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
        } catch {
            throw failure("link \(path) could not be created", error)
        }
    }

    private static func failure(_ what: String, _ error: any Error) -> InfrastructureError {
        InfrastructureError(
            what, why: FileProblem.words(error), next: "check its permissions and the free space", isTransient: false)
    }
}
