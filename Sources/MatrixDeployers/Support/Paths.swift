internal import Foundation
internal import MatrixCore

/// Paths of matrix files, made absolute.
enum Paths {
    /// A path's absolute form: `~` is the home folder, anything relative is below `folder`.
    static func absolute(_ path: String, in folder: String) -> String {
        let expanded = NSString(string: path).expandingTildeInPath
        let whole = expanded.hasPrefix("/") ? expanded : "\(folder)/\(expanded)"
        return URL(fileURLWithPath: whole).standardized.path
    }

    /// The absolute folder of the file that a location names: what relative paths written there are relative to.
    static func folder(of location: SourceLocation) -> String {
        folder(of: absolute(location.file, in: FileManager.default.currentDirectoryPath))
    }

    /// The folder that holds a path.
    static func folder(of path: String) -> String { NSString(string: path).deletingLastPathComponent }

    /// A path option's absolute form, relative to the file that names it.
    static func absolute(_ option: Document) -> String? {
        option.text.map { absolute($0, in: folder(of: option.location)) }
    }

    /// What is wrong with a path option whose file does not exist; nil if the path depends on the cell.
    ///
    /// - Parameter path: nil if it is relative to the file that names it.
    static func missing(
        _ option: Document?, _ what: String = "file", at path: String? = nil, _ exists: (String) -> Bool = FileSystem.exists
    ) -> Diagnostic? {
        guard let option, let text = option.text, !text.isEmpty, !text.contains("${"), let path = path ?? absolute(option), !exists(path)
        else { return nil }
        return Diagnostic(
            at: option.location, "there is no \(what) \(path)", hint: "relative paths are relative to the file that names them")
    }

    /// A name that is one part of a path and needs no quoting.
    static func fileName(_ name: String) -> String {
        let safe = name.unicodeScalars.map { scalar -> Character in
            scalar.isASCII && (CharacterSet.alphanumerics.contains(scalar) || "._-".unicodeScalars.contains(scalar))
                ? Character(scalar) : "_"
        }
        let text = String(safe)
        return text.allSatisfy { $0 == "." } ? "_\(text)" : text
    }
}
