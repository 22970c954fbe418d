/// A number with all its digits: no integer is too long, and no decimal is rounded.
struct ExactNumber: Sendable, Hashable {
    /// Larger powers of ten are no quantity of a host, and would overflow.
    private static let largestExponent = 1_000_000_000

    private let isNegative: Bool
    /// Digits from 0 to 9, without zeros at either end; empty for zero.
    private let digits: [UInt8]
    /// The power of ten of the last digit.
    private let exponent: Int

    init(_ number: Int) {
        self.init(isNegative: number < 0, digits: Self.digits(of: number.magnitude), exponent: 0)
    }

    /// Nil if the number is not finite. A `Double` stands for the shortest decimal that reads as it.
    init?(_ number: Double) {
        self.init("\(number)")
    }

    /// Reads `-12`, `0.5`, `.5`, `1e9`, and integers of up to 64 bits such as `0x1F` and `0o17`; nil for anything else.
    init?(_ text: some StringProtocol) {
        guard let number = Self.decimal(text) ?? Self.radix(text) else { return nil }
        self = number
    }

    private init(isNegative: Bool, digits: [UInt8], exponent: Int) {
        let start = digits.firstIndex { $0 != 0 } ?? digits.endIndex
        let end = digits.lastIndex { $0 != 0 } ?? start
        self.digits = start < digits.endIndex ? Array(digits[start...end]) : []
        self.exponent = self.digits.isEmpty ? 0 : exponent + digits.count - 1 - end
        self.isNegative = isNegative && !self.digits.isEmpty
    }

    private static func decimal(_ text: some StringProtocol) -> ExactNumber? {
        var rest = Array(text.utf8)[...]
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
        let whole = takeDigits(&rest)
        var fraction: [UInt8] = []
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            fraction = takeDigits(&rest)
        }
        guard !whole.isEmpty || !fraction.isEmpty, let power = power(rest) else { return nil }
        return ExactNumber(isNegative: isNegative, digits: whole + fraction, exponent: power - fraction.count)
    }

    private static func takeDigits(_ rest: inout ArraySlice<UInt8>) -> [UInt8] {
        let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        rest = rest.dropFirst(digits.count)
        return digits.map { $0 - UInt8(ascii: "0") }
    }

    /// The number behind `e`; zero for an empty text.
    private static func power(_ rest: ArraySlice<UInt8>) -> Int? {
        guard let first = rest.first else { return 0 }
        guard first == UInt8(ascii: "e") || first == UInt8(ascii: "E"), let power = Int(String(decoding: rest.dropFirst(), as: UTF8.self)),
            power.magnitude <= largestExponent
        else { return nil }
        return power
    }

    private static func radix(_ text: some StringProtocol) -> ExactNumber? {
        let isNegative = text.hasPrefix("-")
        let body = isNegative || text.hasPrefix("+") ? String(text.dropFirst()) : String(text)
        let radix = ["0x": 16, "0X": 16, "0o": 8][body.prefix(2)] ?? 0
        guard radix > 0, body.dropFirst(2).first != "+", let number = UInt64(body.dropFirst(2), radix: radix) else { return nil }
        return ExactNumber(isNegative: isNegative, digits: digits(of: number), exponent: 0)
    }

    private static func digits(of number: some BinaryInteger) -> [UInt8] {
        "\(number)".utf8.map { $0 - UInt8(ascii: "0") }
    }
}

extension ExactNumber: Comparable {
    static func < (left: ExactNumber, right: ExactNumber) -> Bool {
        if left.isNegative != right.isNegative { return left.isNegative }
        let (small, large) = left.isNegative ? (right, left) : (left, right)
        return small.isBelow(large)
    }

    /// The order without signs.
    private func isBelow(_ other: ExactNumber) -> Bool {
        guard !digits.isEmpty, !other.digits.isEmpty else { return digits.isEmpty && !other.digits.isEmpty }
        let (here, there) = (digits.count + exponent, other.digits.count + other.exponent)
        return here == there ? digits.lexicographicallyPrecedes(other.digits) : here < there
    }
}

extension ExactNumber {
    /// Whether a text writes a number as JSON and people write it: `12`, `-7`, `0.5`, of any length. `1.10`, `3.0`, `0644`, `+5`, `.5`
    /// and `12e5` may be versions, modes and hashes.
    static func isPlainlyWritten(_ text: some StringProtocol) -> Bool {
        let body = text.hasPrefix("-") ? text.dropFirst() : text[...]
        let parts = body.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } }) else {
            return false
        }
        return (parts[0] == "0" || !parts[0].hasPrefix("0")) && (parts.count == 1 || !parts[1].hasSuffix("0")) && text != "-0"
    }
}

extension ExactNumber {
    /// Without an exponent, unless that would be long.
    var plain: String {
        let sign = isNegative ? "-" : ""
        let text = String(decoding: digits.map { $0 + UInt8(ascii: "0") }, as: UTF8.self)
        guard exponent.magnitude <= 40 else { return "\(sign)\(text)e\(exponent)" }
        if exponent >= 0 { return sign + (text.isEmpty ? "0" : text) + String(repeating: "0", count: exponent) }
        let padded = String(repeating: "0", count: max(0, 1 - exponent - text.count)) + text
        return "\(sign)\(padded.dropLast(-exponent)).\(padded.suffix(-exponent))"
    }
}
