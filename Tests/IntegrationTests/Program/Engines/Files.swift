import Foundation

/// Files as CI engines choose them: by globs, through links to folders.
enum Files {
    /// The files below a folder, by their paths in it, that a glob chooses, or that are in a folder which it chooses.
    static func below(_ folder: URL, matching pattern: String) throws -> [String] {
        let parts = pattern.split(separator: "/").map(String.init)
        return try all(in: folder.path).filter { path in
            let names = path.split(separator: "/").map(String.init)
            return names.count >= parts.count && zip(parts, names).allSatisfy { fnmatch($0, $1, 0) == 0 }
        }
    }

    static func copy(_ file: URL, to other: URL) throws {
        try FileManager.default.createDirectory(at: other.deletingLastPathComponent(), withIntermediateDirectories: true)
        try FileManager.default.copyItem(at: file, to: other)
    }

    private static func all(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted().flatMap { name in
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: "\(folder)/\(name)", isDirectory: &isFolder) else { return [String]() }
            return isFolder.boolValue ? try all(in: "\(folder)/\(name)").map { "\(name)/\($0)" } : [name]
        }
    }
}
