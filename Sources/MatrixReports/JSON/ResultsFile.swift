public import MatrixCore
internal import SystemPackage

/// Reads `results.json`, which `docs/results.md` describes.
public enum ResultsFile {
    /// The file's name in a report's folder.
    static let name = "results.json"

    /// Reads the run whose report is in `directory`.
    ///
    /// - Throws: `UsageError` if there is none, if it is damaged, or if a newer `matrix` wrote it.
    public static func read(_ directory: String) throws -> RunResult {
        let path = "\(directory)/\(name)"
        let bytes = try contents(of: path)
        guard let version = try? JSON.decode(Version.self, from: bytes).version else {
            throw UsageError(
                "\(path) is not the result of a run: it has no version", hint: "name the folder of a run, such as reports/latest")
        }
        guard version <= RunResult.formatVersion else {
            throw UsageError(
                "\(path) has version \(version), but this matrix reads up to version \(RunResult.formatVersion)",
                hint: "use the newer matrix that wrote it")
        }
        do {
            return try JSON.decode(RunResult.self, from: bytes)
        } catch {
            throw UsageError("\(path) is damaged: \(reason(error))", hint: "run the matrix again, or restore the file")
        }
    }

    private struct Version: Decodable {
        var version: Int
    }

    private static func contents(of path: String) throws -> [UInt8] {
        do {
            let file = try FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec)
            return try file.closeAfter { try bytes(of: file) }
        } catch let error as Errno {
            throw UsageError("\(path) cannot be read: \(error)", hint: "name the folder of a run, such as reports/latest")
        }
    }

    private static func bytes(of file: FileDescriptor) throws -> [UInt8] {
        let size = Int(try file.seek(offset: 0, from: .end))
        try file.seek(offset: 0, from: .start)
        return try [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let read = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count...]))
                if read == 0 { break }
                count += read
            }
        }
    }

    private static func reason(_ error: any Error) -> String {
        switch error as? DecodingError {
        case .keyNotFound(let key, let context): "\(place(context.codingPath))'\(key.stringValue)' is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context): "\(place(context.codingPath))another kind of value is expected"
        case .dataCorrupted(let context): "\(place(context.codingPath))\(context.debugDescription)"
        default: "it cannot be read"
        }
    }

    private static func place(_ path: [any CodingKey]) -> String {
        path.isEmpty ? "" : "at \(path.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")): "
    }
}
