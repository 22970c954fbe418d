/// Reads the Test Anything Protocol, versions 12 to 14.
///
/// Subtests are indented. Only the test that sums them up counts; their lines become its detail.
struct TAPReader {
    private var tests = ReportedTests()
    private var planned: Int?
    private var isTold = false

    /// Whether a text looks like TAP: its first line that is not a comment is a version, a plan or a test.
    static func recognises(_ text: String) -> Bool {
        let first = text.split(whereSeparator: \.isNewline).first { !$0.hasPrefix("#") && !$0.allSatisfy(\.isWhitespace) }
        guard let first else { return false }
        return first.hasPrefix("TAP version ") || plan(in: first) != nil || test(in: first) != nil
    }

    static func read(_ text: String) -> ReportedTests {
        var reader = TAPReader()
        var nested: [Substring] = []
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
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

    private mutating func take(_ line: Substring, nested: [Substring]) {
        if line.hasPrefix("Bail out!") {
            let reason = line.dropFirst(9).drop(while: \.isWhitespace)
            tests.problem = tests.problem ?? "bailed out" + (reason.isEmpty ? "" : ": \(reason)")
        } else if let (count, skipped) = Self.plan(in: line) {
            isTold = true
            planned = count
            tests.skipped = count == 0 ? skipped : nil
        } else if let (isGood, number, rest) = Self.test(in: line) {
            isTold = true
            var test = Self.case(isGood, rest, number: number ?? tests.cases.count + 1)
            if !nested.isEmpty, test.verdict == .failed { test.detail = nested.joined(separator: "\n") }
            tests.cases.append(test)
        }
    }

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
        if !isTold { tests.problem = tests.problem ?? "there is no TAP in its output" }
        if let planned, planned != tests.cases.count {
            tests.problem = tests.problem ?? "\(planned) tests were planned, \(tests.cases.count) ran"
        }
        if planned == nil, isTold { tests.problem = tests.problem ?? "there is no plan: it may have ended early" }
        return tests
    }

    /// `1..4`, `1..0 # SKIP no database here`.
    private static func plan(in line: Substring) -> (count: Int, skipped: String?)? {
        guard line.hasPrefix("1.."), let count = Int(line.dropFirst(3).prefix { $0.isNumber }) else { return nil }
        let comment = line.split(separator: "#", maxSplits: 1).dropFirst().first.map { $0.drop(while: \.isWhitespace) }
        let reason = comment.map { $0.lowercased().hasPrefix("skip") ? $0.drop { !$0.isWhitespace }.drop(while: \.isWhitespace) : $0 }
        return (count, reason.map { $0.isEmpty ? "no reason given" : String($0) })
    }

    /// `ok 3 - name`, `not ok`.
    private static func test(in line: Substring) -> (isGood: Bool, number: Int?, rest: Substring)? {
        let isGood = !line.hasPrefix("not ok")
        guard line.hasPrefix(isGood ? "ok" : "not ok") else { return nil }
        var rest = line.dropFirst(isGood ? 2 : 6)
        guard rest.isEmpty || rest.first?.isWhitespace == true else { return nil }
        rest = rest.drop(while: \.isWhitespace)
        let digits = rest.prefix { $0.isNumber }
        if !digits.isEmpty { rest = rest.dropFirst(digits.count).drop(while: \.isWhitespace) }
        if rest.hasPrefix("- ") { rest = rest.dropFirst(2) }
        return (isGood, Int(digits), rest)
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
