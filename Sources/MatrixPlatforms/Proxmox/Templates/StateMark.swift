internal import Foundation

/// The mark of a state folder: what is built from it carries the mark, and who holds its lock knows that the maker is dead.
enum StateMark {
    /// Made when it is first asked for; random, as two machines may have the same path.
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
