internal import Foundation

/// A random id of the state folder, put on resources that other state folders can see.
enum StateFolderID {
    /// The id, made on first use. It is random because two machines may use the same path.
    ///
    /// - Parameter folder: the state folder.
    static func read(in folder: String) throws -> String {
        let path = "\(folder)/mark"
        if let mark = try? String(contentsOfFile: path, encoding: .utf8), !mark.isEmpty { return mark }
        let mark = String(UUID().uuidString.lowercased().prefix(8))
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        // The first one wins: several systems are built at once.
        let draft = "\(path).\(mark)"
        try mark.write(toFile: draft, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: draft) }
        guard link(draft, path) == 0 || errno == EEXIST else { throw CocoaError(.fileWriteUnknown) }
        return try String(contentsOfFile: path, encoding: .utf8)
    }
}
