import MatrixCore

/// Reads the Test Anything Protocol, versions 12 to 14.
///
/// Lines that are not TAP are noise. Subtests are indented: only the test that sums them up counts, their lines become its detail, and
/// it must not contradict them.
struct TAPReader {
    /// Subtests in subtests: deeper ones are not compared with what sums them up.
    private static let deepest = 8

    /// How many subtests it is inside of.
    private let depth: Int
    private var tests = ReportedTests()
    private var planned: Int?
    private var isTold = false
    private var numbers: Set<Int> = []
    private var last = 0

    /// Whether a text holds TAP: a version, a plan, a test that failed, or a test with a number or a dash. A line that begins with `ok`
    /// may say anything.
    static func recognises(_ text: String) -> Bool {
        PlainText.clean(text).split(whereSeparator: \.isNewline).contains { isTelling($0) }
    }

    private static func isTelling(_ line: Substring) -> Bool {
        let line = line.drop(while: \.isWhitespace)
        if line.begins(with: "TAP version ") || plan(in: line) != nil { return true }
        guard let test = test(in: line) else { return false }
        return !test.isGood || test.digits != nil || line.begins(with: "ok - ")
    }

    private init(depth: Int) { self.depth = depth }

    static func read(_ text: String) -> ReportedTests { read(text, depth: 0) }

    private static func read(_ text: String, depth: Int) -> ReportedTests {
        var reader = TAPReader(depth: depth)
        var nested: [Substring] = []
        for line in lines(of: text) {
            if line.hasPrefix(" ") || line.hasPrefix("\t") {
                nested.append(line)
                continue
            }
            // A YAML block explains the test before it, the lines of a subtest come before the test that sums them up.
            let isBlock = nested.first?.drop(while: \.isWhitespace).hasPrefix("---") ?? false
            if isBlock || test(in: line) == nil { reader.explain(nested) }
            reader.take(line, nested: isBlock ? [] : nested)
            nested = []
        }
        reader.explain(nested)
        return reader.end()
    }

    /// The lines, shifted to the left if all of the TAP is indented.
    private static func lines(of text: String) -> [Substring] {
        let text = PlainText.clean(text.unicodeScalars.first == "\u{feff}" ? String(text.unicodeScalars.dropFirst()) : text)
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        let margin = lines.filter { isTelling($0) }.map { $0.prefix(while: \.isWhitespace).count }.min() ?? 0
        guard margin > 0 else { return lines }
        return lines.map { line in line.dropFirst(min(margin, line.prefix(while: \.isWhitespace).count)) }
    }

    /// The lines that are no TAP, with their numbers: comments and noise, but not what belongs to a test.
    static func noise(in text: String) -> [(number: Int, line: Substring)] {
        lines(of: text).enumerated().map { ($0.offset + 1, $0.element) }.filter { _, line in
            let isPart = [" ", "\t", "TAP version ", "pragma ", "Bail out!"].contains { line.begins(with: $0) }
            return !isPart && plan(in: line) == nil && test(in: line) == nil
        }
    }

    private mutating func take(_ line: Substring, nested: [Substring]) {
        if let rest = line.rest(after: "Bail out!") {
            let reason = rest.drop(while: \.isWhitespace)
            fault("bailed out" + (reason.isEmpty ? "" : ": \(reason)"))
        } else if let (count, skipped) = Self.plan(in: line) {
            isTold = true
            if planned != nil { fault("it has two plans: \(line)") }
            guard let count else { return fault("its plan cannot be read: \(Self.brief(line))") }
            planned = count
            tests.skipped = count == 0 ? skipped : nil
        } else if let test = Self.test(in: line) {
            isTold = true
            take(test, line, nested: nested)
        }
    }

    private mutating func take(_ test: Line, _ line: Substring, nested: [Substring]) {
        if let digits = test.digits, Int(digits) == nil { fault("a test's number cannot be read: \(Self.brief(line))") }
        let number = test.digits.flatMap { Int($0) } ?? last + 1
        last = number < Int.max ? number : last
        if !numbers.insert(number).inserted { fault("test \(number) is there twice: \(Self.brief(line))") }
        var result = Self.case(test.isGood, test.rest, number: number)
        if !nested.isEmpty, result.verdict == .failed { result.detail = nested.joined(separator: "\n") }
        if result.verdict == .passed, let wrong = contradiction(in: nested) {
            fault("test \(number) is ok, but its subtest is not: \(wrong)")
        }
        tests.cases.append(result)
    }

    /// What is wrong in the lines of a subtest; nil if they are none, or all is well.
    private func contradiction(in nested: [Substring]) -> String? {
        guard depth < Self.deepest, nested.contains(where: { Self.isTelling($0) }) else { return nil }
        let inner = Self.read(nested.joined(separator: "\n"), depth: depth + 1)
        if let failed = inner.cases.first(where: { $0.verdict == .failed }) { return "\(failed.name) failed" }
        // A subtest may leave out its plan.
        return inner.planned == nil ? nil : inner.problem
    }

    private mutating func fault(_ problem: String) { tests.problem = tests.problem ?? problem }

    private static func brief(_ line: Substring) -> String { Observed.cut(String(line), to: Observed.briefLimit) }

    /// A YAML block or anything else that is indented belongs to the test before it.
    private mutating func explain(_ lines: [Substring]) {
        guard !lines.isEmpty, let last = tests.cases.indices.last, tests.cases[last].verdict != .passed else { return }
        let own = lines.map { $0.drop(while: \.isWhitespace) }.filter { $0 != "---" && $0 != "..." }
        tests.cases[last].detail = [tests.cases[last].detail, lines.joined(separator: "\n")].compactMap(\.self).joined(separator: "\n")
        if let message = own.first(where: { $0.hasPrefix("message:") }), tests.cases[last].message == nil {
            tests.cases[last].message = message.dropFirst(8).trimmingPrefix(while: \.isWhitespace).trimmingQuotes
        }
    }

    private func end() -> ReportedTests {
        var tests = tests
        tests.planned = planned
        if !isTold { tests.problem = tests.problem ?? "there is no TAP in its output" }
        if let planned, planned != tests.cases.count {
            tests.problem = tests.problem ?? "\(planned) tests were planned, \(tests.cases.count) ran"
        }
        if let planned, let stranger = numbers.filter({ $0 < 1 || $0 > planned }).min(), planned > 0 {
            tests.problem = tests.problem ?? "its plan is 1..\(planned), and there is a test \(stranger)"
        }
        if planned == nil, isTold { tests.problem = tests.problem ?? "there is no plan: it may have ended early" }
        return tests
    }

    /// `1..4`, `1..0 # SKIP no database here`; the count is nil if no number holds it.
    private static func plan(in line: Substring) -> (count: Int?, skipped: String?)? {
        guard let plan = line.rest(after: "1..") else { return nil }
        let digits = plan.prefix { $0.isASCII && $0.isNumber }
        let rest = plan.dropFirst(digits.count).drop(while: \.isWhitespace)
        guard !digits.isEmpty, rest.isEmpty || rest.hasPrefix("#") else { return nil }
        let comment = line.split(separator: "#", maxSplits: 1).dropFirst().first.map { $0.drop(while: \.isWhitespace) }
        let reason = comment.map { $0.lowercased().hasPrefix("skip") ? $0.drop { !$0.isWhitespace }.drop(while: \.isWhitespace) : $0 }
        return (Int(digits), reason.map { $0.isEmpty ? "no reason given" : String($0) })
    }

    /// A line that reports a test.
    private struct Line {
        var isGood: Bool
        /// Its number as it stands there.
        var digits: Substring?
        var rest: Substring
    }

    /// `ok 3 - name`, `not ok`.
    private static func test(in line: Substring) -> Line? {
        let isGood = !line.begins(with: "not ok")
        guard var rest = line.rest(after: isGood ? "ok" : "not ok") else { return nil }
        guard rest.isEmpty || rest.first?.isWhitespace == true else { return nil }
        rest = rest.drop(while: \.isWhitespace)
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        let isNumber = !digits.isEmpty && (rest.dropFirst(digits.count).first.map { $0.isWhitespace || $0 == "#" } ?? true)
        if isNumber { rest = rest.dropFirst(digits.count).drop(while: \.isWhitespace) }
        if rest.hasPrefix("- ") { rest = rest.dropFirst(2) }
        return Line(isGood: isGood, digits: isNumber ? digits : nil, rest: rest)
    }

    private static func `case`(_ isGood: Bool, _ text: Substring, number: Int) -> ReportedCase {
        let (name, directive) = Self.parts(of: text)
        let title = name.isEmpty ? "test \(number)" : name
        guard let directive else { return ReportedCase(title, isGood ? .passed : .failed) }
        let word = directive.prefix { !$0.isWhitespace }
        let reason = directive.dropFirst(word.count).drop(while: \.isWhitespace)
        switch word.lowercased() {
        case "skip", "skipped", "skip:":
            return ReportedCase(title, .skipped, message: reason.isEmpty ? "skipped by the script" : String(reason))
        // A test that is not expected to pass yet is neither a failure (TAP 12) nor a pass.
        case "todo", "todo:": return isGood ? ReportedCase(title, .passed) : ReportedCase(title, .skipped, message: "to do: \(reason)")
        default: return ReportedCase(title, isGood ? .passed : .failed)
        }
    }

    /// The name and the text after `#`; `\#` is a plain `#`.
    private static func parts(of text: Substring) -> (String, Substring?) {
        var name = ""
        var rest = text
        while let character = rest.popFirst() {
            if character == "\\", let next = rest.first, next == "#" || next == "\\" {
                name.append(next)
                rest.removeFirst()
            } else if character == "#" {
                return (name.split(separator: " ").joined(separator: " "), rest.drop(while: \.isWhitespace))
            } else {
                name.append(character)
            }
        }
        return (name.split(separator: " ").joined(separator: " "), nil)
    }
}

extension Substring {
    fileprivate func trimmingPrefix(while predicate: (Character) -> Bool) -> Substring { drop(while: predicate) }

    fileprivate var trimmingQuotes: String {
        guard count >= 2, let first, first == last, first == "\"" || first == "'" else { return String(self) }
        return String(dropFirst().dropLast())
    }
}
