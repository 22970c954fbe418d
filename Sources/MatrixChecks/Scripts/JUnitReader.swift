internal import CLibXML2

/// Reads JUnit XML: every `testcase`, however deep its suites are nested.
///
/// Entities that the document defines are not expanded and nothing is fetched: reports come from unknown programs.
struct JUnitReader {
    private var tests = ReportedTests()
    private var current: ReportedCase?
    /// The element whose text is being gathered.
    private var open: String?
    private var text = ""
    private var hasRoot = false

    /// Whether a text looks like JUnit XML.
    static func recognises(_ text: String) -> Bool {
        let start = text.drop(while: \.isWhitespace)
        return start.hasPrefix("<testsuite") || (start.hasPrefix("<?xml") && text.contains("<testsuite"))
    }

    /// - Returns: the cases so far and a problem if the XML is truncated.
    static func read(_ text: String) -> ReportedTests {
        var reader = JUnitReader()
        reader.parse(Array(text.drop(while: \.isWhitespace).utf8))
        if !reader.hasRoot { reader.tests.problem = reader.tests.problem ?? "there is no JUnit XML in its output" }
        return reader.tests
    }

    private mutating func parse(_ bytes: [UInt8]) {
        let options = Int32(XML_PARSE_NONET.rawValue | XML_PARSE_NOERROR.rawValue | XML_PARSE_NOWARNING.rawValue)
        bytes.withUnsafeBytes { buffer in
            let start = buffer.bindMemory(to: CChar.self).baseAddress
            guard let parser = xmlReaderForMemory(start, Int32(buffer.count), nil, nil, options) else { return }
            defer { xmlFreeTextReader(parser) }
            var status = xmlTextReaderRead(parser)
            while status == 1 {
                take(parser)
                status = xmlTextReaderRead(parser)
            }
            if status != 0 { tests.problem = "its JUnit XML is broken in line \(xmlTextReaderGetParserLineNumber(parser))" }
        }
    }

    private mutating func take(_ parser: xmlTextReaderPtr) {
        let type = xmlTextReaderNodeType(parser)
        switch UInt32(type) {
        case XML_READER_TYPE_ELEMENT.rawValue:
            let name = Self.text(xmlTextReaderConstLocalName(parser)) ?? ""
            begin(name, parser)
            if xmlTextReaderIsEmptyElement(parser) == 1 { end(name) }
        case XML_READER_TYPE_END_ELEMENT.rawValue: end(Self.text(xmlTextReaderConstLocalName(parser)) ?? "")
        case XML_READER_TYPE_TEXT.rawValue, XML_READER_TYPE_CDATA.rawValue, XML_READER_TYPE_SIGNIFICANT_WHITESPACE.rawValue:
            if open != nil { text += Self.text(xmlTextReaderConstValue(parser)) ?? "" }
        default: break
        }
    }

    private mutating func begin(_ name: String, _ parser: xmlTextReaderPtr) {
        switch name {
        case "testsuites", "testsuite": hasRoot = true
        case "testcase":
            let parts = [Self.attribute("classname", parser), Self.attribute("name", parser)].compactMap(\.self).filter { !$0.isEmpty }
            let seconds = Self.attribute("time", parser).flatMap { Double($0) }.flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }
            current = ReportedCase(parts.isEmpty ? "unnamed" : parts.joined(separator: " › "), .passed, seconds: seconds)
        case "failure", "error", "skipped":
            guard current != nil else { return }
            open = name
            text = ""
            // The worst of several counts.
            if name != "skipped" {
                current?.verdict = name == "failure" ? .failed : .error
            } else if current?.verdict == .passed {
                current?.verdict = .skipped
            }
            if let message = Self.attribute("message", parser) { current?.message = message }
        default: break
        }
    }

    private mutating func end(_ name: String) {
        if name == open {
            open = nil
            let lines = text.split(whereSeparator: \.isNewline).filter { !$0.allSatisfy(\.isWhitespace) }
            if current?.message == nil { current?.message = lines.first.map(String.init) }
            if !lines.isEmpty { current?.detail = lines.joined(separator: "\n") }
        } else if name == "testcase", let ended = current {
            tests.cases.append(ended)
            current = nil
        }
    }

    private static func text(_ bytes: UnsafePointer<xmlChar>?) -> String? {
        bytes.map { String(cString: $0) }
    }

    private static func attribute(_ name: String, _ parser: xmlTextReaderPtr) -> String? {
        guard xmlTextReaderMoveToAttribute(parser, name) == 1 else { return nil }
        defer { _ = xmlTextReaderMoveToElement(parser) }
        return text(xmlTextReaderConstValue(parser))
    }
}
