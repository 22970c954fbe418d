internal import CLibXML2
internal import MatrixCore
internal import SystemPackage

/// Reads a written XML document back with libxml2 and its default limits, as consumers do.
enum XMLProof {
    /// - Throws: `InfrastructureError` if the document is not well-formed or does not have `count` elements named `name`.
    static func check(_ file: FileDescriptor, holds count: Int, of name: String) throws {
        try file.seek(offset: 0, from: .start)
        let options = Int32(XML_PARSE_NONET.rawValue | XML_PARSE_NOERROR.rawValue | XML_PARSE_NOWARNING.rawValue)
        xmlResetLastError()
        guard let reader = xmlReaderForFd(file.rawValue, nil, nil, options) else { throw failure("it cannot be opened again") }
        defer { xmlFreeTextReader(reader) }
        var found = 0
        var status = xmlTextReaderRead(reader)
        while status == 1 {
            if isStart(of: name, at: reader) { found += 1 }
            status = xmlTextReaderRead(reader)
        }
        guard status == 0 else { throw failure(lastError) }
        guard found == count else { throw failure("\(found) of \(count) \(name) elements can be read back") }
    }

    private static func isStart(of name: String, at reader: xmlTextReaderPtr) -> Bool {
        guard xmlTextReaderNodeType(reader) == Int32(XML_READER_TYPE_ELEMENT.rawValue), let found = xmlTextReaderConstLocalName(reader)
        else { return false }
        return xmlStrEqual(found, name) == 1
    }

    private static var lastError: String {
        guard let error = xmlGetLastError(), let message = error.pointee.message else { return "it is not well-formed" }
        return "line \(error.pointee.line): \(ReportText.line(String(cString: message), limit: 300))"
    }

    private static func failure(_ why: String) -> InfrastructureError {
        InfrastructureError(
            "an XML report cannot be read back", why: why, next: "report this as a defect of matrix and attach results.json",
            type: .reportInvalid,
            isTransient: false)
    }
}
