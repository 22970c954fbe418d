internal import CLibXML2
internal import MatrixCore
internal import SystemPackage

/// Writes one XML document to a file with libxml2, one element at a time. Only libxml2's buffer is in memory.
final class XMLWriter {
    private let writer: xmlTextWriterPtr

    /// - Parameter file: stays open.
    /// - Throws: `InfrastructureError` if libxml2 has no memory.
    init(_ file: FileDescriptor) throws {
        // By descriptor: libxml2 reads a file's name as a URI and decodes its percent signs.
        guard let buffer = xmlOutputBufferCreateFd(file.rawValue, nil) else { throw Self.failure }
        guard let writer = xmlNewTextWriter(buffer) else {
            xmlOutputBufferClose(buffer)
            throw Self.failure
        }
        self.writer = writer
        try require(xmlTextWriterSetIndent(writer, 1))
        try require(xmlTextWriterSetIndentString(writer, " "))
        try require(xmlTextWriterStartDocument(writer, nil, "UTF-8", nil))
    }

    deinit { xmlFreeTextWriter(writer) }

    /// An element with its attributes in order, without those that have no value, and what `body` writes into it.
    func element(_ name: String, _ attributes: KeyValuePairs<String, String?> = [:], _ body: () throws -> Void = {}) throws {
        try require(xmlTextWriterStartElement(writer, name))
        for case (let key, let value?) in attributes { try require(xmlTextWriterWriteAttribute(writer, key, value)) }
        try body()
        try require(xmlTextWriterEndElement(writer))
    }

    /// Text in the current element; must not contain characters that XML forbids.
    func text(_ text: String) throws {
        try require(xmlTextWriterWriteString(writer, text))
    }

    /// Ends the document and writes the last bytes to the file.
    func finish() throws {
        try require(xmlTextWriterEndDocument(writer))
        try require(xmlTextWriterFlush(writer))
    }

    private func require(_ status: Int32) throws {
        if status < 0 { throw Self.failure }
    }

    private static var failure: InfrastructureError {
        InfrastructureError(
            "an XML report was not written", why: "writing to its file failed",
            next: "free some disk space, then run 'matrix report' for this run",
            type: .reportWrite, isTransient: false)
    }
}
