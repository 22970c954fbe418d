internal import CLibXML2
import MatrixCore

/// Reads JUnit XML: every `testcase`, however deep its suites are nested. What stands before or after the XML is noise.
///
/// Entities that the document defines are not expanded and nothing is fetched: reports come from unknown programs.
struct JUnitReader {
    private var tests = ReportedTests()
    private var current: ReportedCase?
    /// Whether ``current`` is no test of the report, but an error of a suite.
    private var isOfSuite = false
    /// The suites around the reader's place.
    private var suites: [JUnitCounts] = []
    /// The element whose text is being gathered.
    private var open: String?
    private var text = ""
    private var hasRoot = false

    /// Where the XML of a text stands; nil if it has none.
    static func range(in text: String) -> Range<String.Index>? {
        guard let root = text.firstMatch(of: root) else { return nil }
        let before = text[..<root.range.lowerBound]
        let start = before.ranges(of: "<?xml").last?.lowerBound ?? before.ranges(of: "<!DOCTYPE").last?.lowerBound ?? root.range.lowerBound
        let rest = text[root.range.lowerBound...]
        guard let end = rest.matches(of: Self.end).last?.range.upperBound else {
            // A suite without tests, or XML that was cut off.
            let tag = rest.prefix { $0 != ">" }
            return start..<(tag.hasSuffix("/") ? text.index(after: tag.endIndex) : text.endIndex)
        }
        return start..<end
    }

    private static var root: Regex<Substring> {
        #/<(?:[A-Za-z_][A-Za-z0-9_.\-]*:)?testsuites?(?=[\s>\/])/#.matchingSemantics(.unicodeScalar)
    }
    private static var end: Regex<Substring> {
        #/<\/(?:[A-Za-z_][A-Za-z0-9_.\-]*:)?testsuites?\s*>/#.matchingSemantics(.unicodeScalar)
    }

    /// Whether a text holds JUnit XML.
    static func recognises(_ text: String) -> Bool { text.firstMatch(of: root) != nil }

    /// - Returns: the cases so far, and a problem if the XML is truncated or contradicts itself.
    static func read(_ text: String) -> ReportedTests {
        var reader = JUnitReader()
        reader.parse(Array(text[range(in: text) ?? text.startIndex..<text.endIndex].utf8))
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
            let name = Self.name(parser)
            begin(name, parser)
            if xmlTextReaderIsEmptyElement(parser) == 1 { end(name) }
        case XML_READER_TYPE_END_ELEMENT.rawValue: end(Self.name(parser))
        case XML_READER_TYPE_TEXT.rawValue, XML_READER_TYPE_CDATA.rawValue, XML_READER_TYPE_SIGNIFICANT_WHITESPACE.rawValue:
            if open != nil { text += Self.text(xmlTextReaderConstValue(parser)) ?? "" }
        default: break
        }
    }

    private mutating func begin(_ name: String, _ parser: xmlTextReaderPtr) {
        switch name {
        case "testsuites", "testsuite":
            hasRoot = true
            suites.append(
                JUnitCounts(
                    name: Self.attribute("name", parser) ?? "", tests: Self.attribute("tests", parser),
                    failures: Self.attribute("failures", parser), errors: Self.attribute("errors", parser)))
        case "testcase":
            current = Self.case(parser)
            if current?.verdict == .failed { countProblem() }
        case "failure", "error", "skipped":
            // An error of a suite, such as one of its setup, belongs to none of its tests.
            if current == nil, name != "skipped", !suites.isEmpty {
                current = ReportedCase([suites.last?.name ?? "", name].filter { !$0.isEmpty }.joined(separator: " › "), .error)
                isOfSuite = true
            }
            beginProblem(name, parser)
        default: break
        }
    }

    private mutating func beginProblem(_ name: String, _ parser: xmlTextReaderPtr) {
        guard current != nil else { return }
        open = name
        text = ""
        // The worst of several counts.
        if name != "skipped" {
            current?.verdict = name == "failure" ? .failed : .error
            countProblem()
        } else if current?.verdict == .passed {
            current?.verdict = .skipped
        }
        if let message = Self.attribute("message", parser) { current?.message = message }
    }

    private mutating func countProblem() {
        if !suites.isEmpty { suites[suites.count - 1].problems += 1 }
    }

    private mutating func end(_ name: String) {
        if name == open {
            open = nil
            let lines = text.split(whereSeparator: \.isNewline).filter { !$0.allSatisfy(\.isWhitespace) }
            if current?.message == nil { current?.message = lines.first.map(String.init) }
            if !lines.isEmpty { current?.detail = lines.joined(separator: "\n") }
            if isOfSuite { endCase(isTest: false) }
        } else if name == "testcase" {
            endCase(isTest: true)
        } else if name == "testsuite" || name == "testsuites", let ended = suites.popLast() {
            tests.problem = tests.problem ?? ended.contradiction
            if !suites.isEmpty { suites[suites.count - 1].add(ended) }
        }
    }

    private mutating func endCase(isTest: Bool) {
        guard let ended = current else { return }
        tests.cases.append(ended)
        if isTest, !suites.isEmpty { suites[suites.count - 1].add(ended) }
        current = nil
        isOfSuite = false
    }

    /// Some programs say by an attribute alone that a test failed.
    private static func `case`(_ parser: xmlTextReaderPtr) -> ReportedCase {
        let parts = [attribute("classname", parser), attribute("name", parser)].compactMap(\.self).filter { !$0.isEmpty }
        let seconds = attribute("time", parser).flatMap { Double($0) }.flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }
        let words = [attribute("status", parser), attribute("result", parser)].compactMap { $0?.lowercased() }
        let isBad = words.contains { ["fail", "failed", "failure", "error", "errored", "broken"].contains($0) }
        return ReportedCase(parts.isEmpty ? "unnamed" : parts.joined(separator: " › "), isBad ? .failed : .passed, seconds: seconds)
    }

    /// Without the prefix, even if no namespace is declared for it.
    private static func name(_ parser: xmlTextReaderPtr) -> String {
        let name = text(xmlTextReaderConstLocalName(parser)) ?? ""
        return name.split(separator: ":").last.map(String.init) ?? name
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

/// What a suite says of its number of tests, and what it lists.
private struct JUnitCounts {
    let name: String
    /// As they stand in its attributes.
    let tests: String?
    let failures: String?
    let errors: String?
    /// Its own tests and those of its suites.
    private var listed = 0
    private var skipped = 0
    private var direct = 0
    /// Elements that say that a test failed, as a failure or as an error.
    var problems = 0

    init(name: String, tests: String?, failures: String?, errors: String?) {
        (self.name, self.tests, self.failures, self.errors) = (name, tests, failures, errors)
    }

    mutating func add(_ test: ReportedCase) {
        listed += 1
        direct += 1
        if test.verdict == .skipped { skipped += 1 }
    }

    mutating func add(_ suite: JUnitCounts) {
        listed += suite.listed
        skipped += suite.skipped
        problems += suite.problems
    }

    /// Why the suite cannot be believed; nil if its numbers agree with its tests. Some programs do not count skipped tests, or those
    /// of inner suites.
    var contradiction: String? {
        let place = name.isEmpty ? "a suite" : "its suite \(Observed.cut(name, to: Observed.briefLimit))"
        for (word, text) in [("tests", tests), ("failures", failures), ("errors", errors)] {
            if let text, !text.isEmpty, Self.count(text) == nil { return "\(place) has \(word)=\"\(Observed.cut(text, to: 40))\"" }
        }
        if let count = tests.flatMap(Self.count), ![listed, listed - skipped].contains(count), direct == 0 || count != direct {
            return "\(place) counts \(count) tests, and lists \(listed)"
        }
        let bad = (failures.flatMap(Self.count) ?? 0).addingReportingOverflow(errors.flatMap(Self.count) ?? 0)
        guard bad.overflow || bad.partialValue > problems else { return nil }
        return "\(place) counts \(bad.overflow ? "too many" : "\(bad.partialValue)") failures and errors, and lists \(problems)"
    }

    private static func count(_ text: String) -> Int? {
        guard let number = Int(text.trimmingBlanks), number >= 0 else { return nil }
        return number
    }
}

extension String {
    fileprivate var trimmingBlanks: String { split(whereSeparator: \.isWhitespace).joined(separator: " ") }
}
