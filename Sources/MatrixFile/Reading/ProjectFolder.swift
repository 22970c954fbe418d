internal import Foundation
import MatrixCore
internal import SystemPackage

/// Finds the project that a matrix file belongs to.
enum ProjectFolder {
    /// The nearest folder above a file with `.git` or `.matrix`, else the file's own; absolute.
    static func of(_ file: String) -> String {
        let own = FilePath(FileReference.absolute(file)).removingLastComponent()
        var folder = own
        while true {
            for mark in [".git", ".matrix"] where FileManager.default.fileExists(atPath: folder.appending(mark).string) {
                return folder.string
            }
            let parent = folder.removingLastComponent()
            if parent == folder { return own.string }
            folder = parent
        }
    }
}
