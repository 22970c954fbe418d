internal import MatrixCore

/// Writes one file of a host into the report, without secrets, in bounded memory.
struct CollectedFile {
    private let path: String
    private let file: OutputFile
    private var filter: SecretFilter
    private var isBinary = false
    private var skipsLine: Bool

    /// - Parameter isEnd: whether its beginning is missing: then the first line is left out, as half a secret is not recognised.
    /// - Throws: `InfrastructureError` if it cannot be created.
    init(_ path: String, isEnd: Bool = false, redactor: Redactor) throws {
        try FileSystem.makeFolder(Paths.folder(of: path))
        self.path = path
        skipsLine = isEnd
        file = try OutputFile(path, isPrivate: false)
        filter = SecretFilter(redactor)
    }

    /// - Throws: `InfrastructureError` if it cannot be written.
    mutating func write(_ piece: ArraySlice<UInt8>) throws {
        var piece = piece
        if skipsLine {
            guard let newline = piece.firstIndex(of: 0x0a) else { return }
            piece = piece[(newline + 1)...]
            skipsLine = false
        }
        isBinary = isBinary || piece.contains(0)
        try file.write(filter.take(piece))
    }

    /// Writes the rest, or removes the file if it cannot be shown.
    ///
    /// - Parameter isCut: whether its end may be missing.
    /// - Returns: why it cannot be shown; nil if it is there.
    mutating func finish(isCut: Bool = false) throws -> String? {
        try file.write(filter.end(isCut: isCut))
        // In a binary file a mark would be no text, and what surrounds it would no longer fit.
        let reason =
            isBinary && filter.hasHidden ? "it is binary and holds a secret" : skipsLine ? "its end has no line that is whole" : nil
        if reason != nil { remove() }
        return reason
    }

    /// Removes what was written.
    func remove() { FileSystem.remove(path) }
}
