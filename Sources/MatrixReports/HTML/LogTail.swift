internal import MatrixCore
internal import SystemPackage

/// The end of the most useful log for a cell's problem.
struct LogTail {
    /// Relative to the report's folder.
    let path: String
    let text: String

    /// The log of the first case with a problem that has one, else of the last step before it; nil if there is no log.
    static func of(_ cell: CellResult, directory: String) -> LogTail? {
        guard let bad = cell.cases.firstIndex(where: { $0.outcome.isProblem && $0.phase != .destroy }) else { return nil }
        let own = cell.cases.filter(\.outcome.isProblem).flatMap(logs)
        let before = cell.cases[..<bad].reversed().flatMap(logs)
        guard let path = (own + before).first(where: { ReportFile.holds($0, in: directory) }) else { return nil }
        guard let text = end(of: "\(directory)/\(path)"), !text.isEmpty else { return nil }
        return LogTail(path: path, text: text)
    }

    /// Only step logs: they were cleaned and redacted when they were written; collected files were not.
    private static func logs(of test: CaseResult) -> [String] {
        guard test.phase != .finally else { return [] }
        return test.attachments.filter { ReportFile.isNameable($0) && $0.hasSuffix(".log") }
    }

    private static func end(of path: String) -> String? {
        guard let file = try? FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec) else { return nil }
        let bytes = try? file.closeAfter { () throws -> [UInt8] in
            let size = try file.seek(offset: 0, from: .end)
            try file.seek(offset: max(0, size - Int64(HTMLLimits.logTail)), from: .start)
            return try [UInt8](unsafeUninitializedCapacity: HTMLLimits.logTail) { buffer, count in
                count = try file.read(into: UnsafeMutableRawBufferPointer(buffer))
            }
        }
        guard let bytes else { return nil }
        // The first line may have lost its beginning.
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        let whole = bytes.count < HTMLLimits.logTail ? lines[...] : lines.dropFirst()
        return ReportText.block(whole.suffix(HTMLLimits.logLines).joined(separator: "\n"), limit: HTMLLimits.logTail)
    }
}
