/// Reads plain scalars of YAML by the core schema of YAML 1.2 and by the types of YAML 1.1 as PyYAML, and so Ansible, has them.
///
/// If the two agree, that is the value. If they do not (`yes`, `0777`, `1:30`), the scalar is unclear.
enum YAMLScalar {
    /// What one version of YAML makes of a scalar.
    private enum Reading: Hashable {
        case null
        case bool(Bool)
        case number(ExactNumber)
        /// A number that is shown, but not computed with: infinity, or more than 64 bits in an unusual base.
        case other(String)
        case text
    }

    static func value(of text: String) -> HostValue {
        guard mayBeTyped(text) else { return .string(text) }
        // The usual forms are the same in both.
        let isUsual = ExactNumber.isPlainlyWritten(text)
        let new = isUsual ? number(text) : reading12(text)
        let old = isUsual ? new : reading11(text)
        guard new == old else {
            let why = "YAML 1.2 reads it as \(words(new, text)), and YAML 1.1, as Ansible does, as \(words(old, text))"
            return .unclear(UnclearScalar(text: text, why: why))
        }
        switch new {
        case .null: return .null
        case .bool(let flag): return .bool(flag)
        case .number(let number): return .number(HostNumber(number, written: text, isAlsoText: !isUsual))
        case .other(let words): return .unclear(UnclearScalar(text: text, why: "it is \(words), which cannot be compared exactly"))
        case .text: return .string(text)
        }
    }

    /// The value of a scalar that a tag calls a number, a boolean or null: `!!int "5"`.
    static func value(of text: String, tagged kind: String) -> HostValue {
        let value = value(of: text)
        switch (kind, value) {
        case ("int", .number), ("float", .number), ("bool", .bool), ("null", .null), (_, .unclear): return value
        default: return .unclear(UnclearScalar(text: text, why: "its tag calls it \(kind), which it is not"))
        }
    }

    /// Most scalars are words: their first character decides.
    private static func mayBeTyped(_ text: String) -> Bool {
        guard let first = text.utf8.first else { return true }
        return "0123456789+-.~".utf8.contains(first) || "yYnNtTfFoO".utf8.contains(first) && text.utf8.count <= 5
    }

    private static func words(_ reading: Reading, _ text: String) -> String {
        switch reading {
        case .null: "null"
        case .bool(let flag): flag ? "true" : "false"
        case .number(let number): "the number \(number.plain)"
        case .other(let words): words
        case .text: "the text \(text)"
        }
    }

    // MARK: - YAML 1.2, 10.3.2

    private static func reading12(_ text: String) -> Reading {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        default: break
        }
        if let special = special(text) { return special }
        return isNumber12(text) ? number(text) : .text
    }

    /// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`, `0o[0-7]+`, `0x[0-9a-fA-F]+`.
    private static func isNumber12(_ text: String) -> Bool {
        var rest = Cursor(text)
        if rest.skip("0o") { return rest.skipAll("01234567") > 0 && rest.isAtEnd }
        if rest.skip("0x") { return rest.skipAll(Cursor.hexadecimal) > 0 && rest.isAtEnd }
        rest.skipOne(of: "+-")
        let whole = rest.skipAll(Cursor.digits)
        let fraction = rest.skipOne(of: ".") ? rest.skipAll(Cursor.digits) : 0
        guard whole + fraction > 0 else { return false }
        if rest.skipOne(of: "eE") {
            rest.skipOne(of: "+-")
            guard rest.skipAll(Cursor.digits) > 0 else { return false }
        }
        return rest.isAtEnd
    }

    // MARK: - YAML 1.1, https://yaml.org/type/, as PyYAML resolves it

    private static func reading11(_ text: String) -> Reading {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON": return .bool(true)
        case "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF": return .bool(false)
        default: break
        }
        if let special = special(text) { return special }
        return integer11(text) ?? decimal11(text) ?? .text
    }

    /// `[-+]?0b[0-1_]+`, `[-+]?0x[0-9a-fA-F_]+`, `[-+]?(0|[1-9][0-9_]*)`, `[-+]?0[0-7_]+`, `[-+]?[1-9][0-9_]*(:[0-5]?[0-9])+`.
    private static func integer11(_ text: String) -> Reading? {
        let plain = text.replacing("_", with: "")
        var rest = Cursor(text)
        let sign = text.hasPrefix("-") ? "-" : ""
        let body = rest.skipOne(of: "+-") ? plain.dropFirst() : plain[...]
        if rest.skip("0b") { return rest.skipAll("01_") > 0 && rest.isAtEnd ? number(sign, body.dropFirst(2), radix: 2) : nil }
        if rest.skip("0x") {
            return rest.skipAll(Cursor.hexadecimal + "_") > 0 && rest.isAtEnd ? number(sign, body.dropFirst(2), radix: 16) : nil
        }
        if rest.skip("0") {
            if rest.isAtEnd { return number(plain) }
            return rest.skipAll("01234567_") > 0 && rest.isAtEnd ? number(sign, body, radix: 8) : nil
        }
        guard rest.isAtDigit else { return nil }
        rest.skipAll(Cursor.digits + "_")
        if rest.isAtEnd { return number(plain) }
        return rest.skipSixties() && rest.isAtEnd ? sexagesimal(sign, body) : nil
    }

    /// `[-+]?[0-9][0-9_]*\.[0-9_]*([eE][-+][0-9]+)?`, `\.[0-9][0-9_]*([eE][-+][0-9]+)?`, `[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+\.[0-9_]*`.
    private static func decimal11(_ text: String) -> Reading? {
        var rest = Cursor(text)
        let hasSign = rest.skipOne(of: "+-")
        guard rest.isAtDigit else {
            guard !hasSign, rest.skipOne(of: "."), rest.isAtDigit else { return nil }
            rest.skipAll(Cursor.digits + "_")
            return rest.skipSignedExponent() && rest.isAtEnd ? number(text.replacing("_", with: "")) : nil
        }
        rest.skipAll(Cursor.digits + "_")
        let isSexagesimal = rest.skipSixties()
        guard rest.skipOne(of: ".") else { return nil }
        rest.skipAll(Cursor.digits + "_")
        if isSexagesimal { return rest.isAtEnd ? .other("a number of base 60") : nil }
        return rest.skipSignedExponent() && rest.isAtEnd ? number(text.replacing("_", with: "")) : nil
    }

    /// `1:30` is 90.
    private static func sexagesimal(_ sign: String, _ text: Substring) -> Reading {
        var sum = 0
        for part in text.split(separator: ":") {
            let (product, overflow) = sum.multipliedReportingOverflow(by: 60)
            guard !overflow, let next = Int(part), product <= Int.max - next else { return .other("a number of base 60") }
            sum = product + next
        }
        return .number(ExactNumber(sign == "-" ? -sum : sum))
    }

    // MARK: - Both

    private static func special(_ text: String) -> Reading? {
        switch text {
        case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": .other("infinity")
        case "-.inf", "-.Inf", "-.INF": .other("minus infinity")
        case ".nan", ".NaN", ".NAN": .other("not a number")
        default: nil
        }
    }

    private static func number(_ text: String) -> Reading {
        ExactNumber(text).map { .number($0) } ?? .other("a number")
    }

    private static func number(_ sign: String, _ digits: Substring, radix: Int) -> Reading {
        guard let number = UInt64(digits, radix: radix) else { return .other("a number of base \(radix)") }
        return self.number("\(sign)\(number)")
    }
}

/// Walks over the characters of a scalar.
private struct Cursor {
    static let digits = "0123456789"
    static let hexadecimal = "0123456789abcdefABCDEF"

    private var rest: ArraySlice<UInt8>

    init(_ text: String) { rest = Array(text.utf8)[...] }

    var isAtEnd: Bool { rest.isEmpty }
    var isAtDigit: Bool { rest.first.map { Self.digits.utf8.contains($0) } ?? false }

    mutating func skip(_ word: String) -> Bool {
        guard rest.starts(with: word.utf8) else { return false }
        rest = rest.dropFirst(word.utf8.count)
        return true
    }

    @discardableResult
    mutating func skipOne(of characters: String) -> Bool {
        guard let first = rest.first, characters.utf8.contains(first) else { return false }
        rest = rest.dropFirst()
        return true
    }

    @discardableResult
    mutating func skipAll(_ characters: String) -> Int {
        let count = rest.prefix { characters.utf8.contains($0) }.count
        rest = rest.dropFirst(count)
        return count
    }

    /// `(:[0-5]?[0-9])+`.
    mutating func skipSixties() -> Bool {
        var found = false
        while rest.first == UInt8(ascii: ":") {
            let digits = rest.dropFirst().prefix(3).prefix { Self.digits.utf8.contains($0) }
            guard let first = digits.first, digits.count == 1 || digits.count == 2 && first <= UInt8(ascii: "5") else { return false }
            rest = rest.dropFirst(1 + digits.count)
            found = true
        }
        return found
    }

    /// `([eE][-+][0-9]+)?`.
    mutating func skipSignedExponent() -> Bool {
        guard skipOne(of: "eE") else { return true }
        return skipOne(of: "+-") && skipAll(Self.digits) > 0
    }
}
