internal import Foundation
internal import SystemPackage

/// Paths as people write them in a file: `~` is their home, anything relative is relative to the file that names it.
public enum FileReference {
    /// The absolute path of `path`, named in `file`.
    ///
    /// - Parameter file: the naming file, absolute or relative to the working folder.
    /// - Parameter home: what a leading `~` stands for; nil keeps the `~`.
    public static func resolve(_ path: String, namedIn file: String, home: String?) -> String {
        var path = path
        if let home, path == "~" || path.hasPrefix("~/") { path = home + path.dropFirst() }
        let folder = FilePath(absolute(file)).removingLastComponent()
        return folder.pushing(FilePath(path)).lexicallyNormalized().string
    }

    /// A path without `.` and `..` in its middle, relative if it was: as a person would write it.
    public static func normalized(_ path: String) -> String { FilePath(path).lexicallyNormalized().string }

    /// A path that was relative to the working folder, as an absolute one.
    public static func absolute(_ path: String) -> String {
        FilePath(FileManager.default.currentDirectoryPath).pushing(FilePath(path)).lexicallyNormalized().string
    }
}
