import MatrixCore

/// Finds lines that look like the verdict of a test, in output whose format is not known.
enum VerdictWords {
    /// A line that says that something failed.
    struct Line: Sendable, Hashable {
        var number: Int
        var text: String
    }

    /// The first line that says that a test failed; nil if there is none.
    static func firstFailure(in text: some StringProtocol) -> Line? {
        var number = 0
        for line in PlainText.clean(String(text)).split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            number += 1
            if saysFailure(line) { return found(line, number) }
        }
        return nil
    }

    /// The first line that says so beside tests that all passed. Comments may be about tests that are allowed to fail: only their
    /// counts are believed.
    static func firstFailure(besideTAP text: String) -> Line? {
        let line = TAPReader.noise(in: text).first { _, line in
            line.begins(with: "#") ? countsFailures(line.drop { $0.isWhitespace || $0 == "#" }.lowercased()) : saysFailure(line)
        }
        return line.map { found($0.line, $0.number) }
    }

    /// The first line that is the verdict of a test that failed, beside a report in a file.
    static func firstFailedTest(in text: String) -> Line? {
        let lines = PlainText.clean(text).split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        return lines.enumerated().first { saysNotOK($0.element.lowercased(), isFirst: true) }.map { found($0.element, $0.offset + 1) }
    }

    private static func found(_ line: Substring, _ number: Int) -> Line {
        Line(number: number, text: Observed.cut(String(line.drop(while: \.isWhitespace)), to: Observed.briefLimit))
    }

    /// `not ok`, with any blanks between. Behind something else, such as `web_1 | not ok 2`, a number or a dash must follow.
    ///
    /// - Parameter isFirst: whether nothing else may stand before it.
    private static func saysNotOK(_ line: String, isFirst: Bool = false) -> Bool {
        let words = line.split(whereSeparator: \.isWhitespace)
        for (index, word) in words.enumerated().dropLast() where word == "not" && hasWord("ok", at: words[index + 1]) {
            let next = index + 2 < words.count ? words[index + 2] : ""
            if index == 0 || !isFirst && (next == "-" || next.first?.isNumber == true) { return true }
        }
        return false
    }

    static func saysFailure(_ line: Substring) -> Bool {
        let body = bare(line).drop { $0.isWhitespace || $0 == "#" }
        let lower = body.lowercased()
        if saysNotOK(lower) || body.hasPrefix("Bail out!") { return true }
        if let first = body.first, "✗✘✖❌✕×".contains(first) { return true }
        guard lower.contains("fail") || lower.contains("error") else { return false }
        let isElement = ["<failure", "<error", ":failure>", ":failure ", ":error>"].contains { hasWord($0, in: lower) }
        if isElement, lower.contains("<") { return true }
        return countsFailures(lower) || namesFailure(lower) || shoutsFailure(body)
    }

    /// Without accents and the marks that make pictures of signs and digits: `✖️ 1️⃣ failed` is `✖ 1 failed`.
    private static func bare(_ line: Substring) -> Substring {
        if line.utf8.allSatisfy({ $0 < 0x80 }) { return line }
        var scalars = String.UnicodeScalarView()
        for scalar in line.unicodeScalars where ![.nonspacingMark, .enclosingMark, .format].contains(scalar.properties.generalCategory) {
            scalars.append(scalar)
        }
        return Substring(String(scalars))
    }

    private static let kinds: Set = ["failed", "failure", "failures", "failing", "fail", "fails", "error", "errors"]
    private static let nouns: Set = [
        "test", "tests", "case", "cases", "check", "checks", "spec", "specs", "example", "examples", "assertion", "assertions", "step",
        "steps", "suite", "suites",
    ]

    /// `3 failed`, `1 failure`, `2 of 5 tests failed`, `1/5 failed`, `failed 2`, `Failures: 2`, `errors=1`; not `file:1: error`.
    private static func countsFailures(_ line: String) -> Bool {
        let words = line.split(whereSeparator: \.isWhitespace)
        let names = words.map { String($0.prefix { $0.isLetter }) }
        for (index, name) in names.enumerated() where kinds.contains(name) {
            if isCount(count(before: index, words, names)) { return true }
            if !name.hasPrefix("error"), name.count == words[index].count, index + 1 < words.count, isCount(String(words[index + 1])) {
                return true
            }
        }
        return hasAssignedCount(line)
    }

    /// The number before a word: of `2 of 5 tests failed` the first one.
    private static func count(before index: Int, _ words: [Substring], _ names: [String]) -> String {
        var place = index - 1
        if place > 0, nouns.contains(names[place]) { place -= 1 }
        if place > 1, words[place - 1] == "of" { place -= 2 }
        guard place >= 0 else { return "" }
        let word = words[place].drop { "([{*=-".contains($0) }
        let parts = word.split(separator: "/", omittingEmptySubsequences: false)
        return String(parts.count == 2 && parts[1].allSatisfy(\.isNumber) ? parts[0] : word)
    }

    /// `failures: 2`, `failed = 1`, `failed tests: 2`: the number stands behind a sign, and nothing but that is between.
    private static func hasAssignedCount(_ line: String) -> Bool {
        assignments(line).contains { words, value in
            let name = words.last.map { nouns.contains($0) ? words.dropLast().last ?? "" : $0 } ?? ""
            return kinds.contains(name) && isCount(value)
        }
    }

    /// `"status": "failed"`, `result=fail`.
    private static func namesFailure(_ line: String) -> Bool {
        assignments(line).contains { words, value in
            ["status", "result", "outcome", "state", "verdict", "conclusion", "action"].contains(words.last ?? "")
                && ["fail", "failed", "failure"].contains(value)
        }
    }

    /// The words before each `:` or `=`, and the word or number behind it.
    private static func assignments(_ line: String) -> [(words: [String], value: String)] {
        var found: [(words: [String], value: String)] = []
        var rest = line[...]
        while let sign = rest.firstIndex(where: { $0 == ":" || $0 == "=" }) {
            let words = rest[..<sign].split { !$0.isLetter }.map(String.init)
            rest = rest[rest.index(after: sign)...]
            let value = rest.drop { $0 == " " || $0 == "\"" || $0 == "'" }.prefix { $0.isLetter || $0.isNumber }
            found.append((words, String(value)))
        }
        return found
    }

    /// `FAILED`, `FAIL:`, `--- FAIL`; not `FAILED: 0`, `0 FAILED`, `NOT FAILED`.
    private static func shoutsFailure(_ line: Substring) -> Bool {
        let words = line.split { !$0.isLetter && !$0.isNumber }
        let shouts: Set<Substring> = ["FAIL", "FAILED", "FAILURE", "FAILURES"]
        for (index, word) in words.enumerated() where shouts.contains(word) {
            let before = index > 0 ? words[index - 1].lowercased() : ""
            let after = index + 1 < words.count ? words[index + 1] : ""
            if !["0", "no", "not", "never", "without"].contains(before), after != "0" { return true }
        }
        return false
    }

    private static func isCount(_ text: String) -> Bool {
        !text.isEmpty && text.allSatisfy { $0.isASCII && $0.isNumber } && text.contains { $0 != "0" }
    }

    private static func hasWord(_ word: String, at text: Substring) -> Bool {
        let next = word.last?.isLetter == true ? text.dropFirst(word.count).first : nil
        return text.hasPrefix(word) && (next.map { !$0.isLetter && !$0.isNumber && $0 != "_" } ?? true)
    }

    private static func hasWord(_ word: String, in text: String) -> Bool {
        text.ranges(of: word).contains { hasWord(word, at: text[$0.lowerBound...]) }
    }
}
