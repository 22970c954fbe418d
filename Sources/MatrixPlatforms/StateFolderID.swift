internal import Foundation

/// The mark of a state folder, for what others must know its makings by: its ledger says who is at them, and nobody else's does.
enum StateFolderID {
    /// Made when it is first asked for; random, as two machines may have the same path.
    ///
    /// - Parameter folder: the state folder.
    static func read(in folder: String) throws -> String {
        let path = "\(folder)/mark"
        if let mark = try? String(contentsOfFile: path, encoding: .utf8), !mark.isEmpty { return mark }
        let mark = String(UUID().uuidString.lowercased().prefix(8))
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        // Whoever is first wins: several systems are built at once.
        let draft = "\(path).\(mark)"
        try mark.write(toFile: draft, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: draft) }
        guard link(draft, path) == 0 || errno == EEXIST else { throw CocoaError(.fileWriteUnknown) }
        return try String(contentsOfFile: path, encoding: .utf8)
    }
}
