import Testing

@testable import MatrixChecks

/// Numbers of hosts and of matrix files keep their digits.
@Suite struct ExactNumberTests {
    /// Each smaller than the next.
    private static let ascending = [
        "-1e30", "-12345678901234567890124", "-12345678901234567890123", "-9007199254740993", "-9007199254740992", "-1.5", "-1", "-0.25",
        "-1e-30", "0", "1e-400", "0.1", "0.10000000000000000001", "0.11", "1", "1.0000000000000000000000001", "9", "10", "99.99", "1e2",
        "100.5", "1732790400123456789", "1732790400123456790", "9007199254740992e3", "9007199254740993e3", "18446744073709551614",
        "18446744073709551615", "12345678901234567890123", "12345678901234567890124", "1e300", "1e400",
    ]

    @Test func everyDigitCounts() throws {
        let numbers = try Self.ascending.map { try #require(ExactNumber($0), "\($0)") }
        for (low, left) in numbers.enumerated() {
            for (high, right) in numbers.enumerated() {
                #expect((left < right) == (low < high), "\(Self.ascending[low]) and \(Self.ascending[high])")
                #expect((left == right) == (low == high), "\(Self.ascending[low]) and \(Self.ascending[high])")
            }
        }
    }

    @Test(arguments: [
        ("1", "1.0"), ("1", "+1"), ("1", "01"), ("100", "1e2"), ("100", "1E+2"), ("0.5", ".5"), ("5", "5."), ("0", "-0"), ("0", "0.000"),
        ("0.001", "1e-3"), ("255", "0xff"), ("-16", "-0x10"), ("15", "0o17"), ("18446744073709551615", "0xFFFFFFFFFFFFFFFF"),
        ("1200000", "12e5"),
    ])
    func differentSpellingsAreOneNumber(_ left: String, _ right: String) {
        #expect(ExactNumber(left) == ExactNumber(right) && ExactNumber(left) != nil)
        #expect(ExactNumber(left)?.hashValue == ExactNumber(right)?.hashValue)
    }

    @Test(arguments: [
        "", "-", "+", ".", "e5", "1e", "1e+", "1e5.5", "one", "1 2", "1_000", "nan", "inf", "-inf", "0x", "0xg", "0x+1", "0b11",
        "1e9999999999", "0x1FFFFFFFFFFFFFFFF", "١", "--1", "1:30",
    ])
    func whatIsNoNumberIsNone(_ text: String) { #expect(ExactNumber(text) == nil) }

    @Test func numbersOfSwiftAreRead() {
        #expect(ExactNumber(Int.min) == ExactNumber("-9223372036854775808"))
        #expect(ExactNumber(0.1) == ExactNumber("0.1"))
        #expect(ExactNumber(1e300) == ExactNumber("1e300"))
        #expect(ExactNumber(Double.infinity) == nil)
    }

    @Test(arguments: [("0777", "777"), ("-0.05", "-0.05"), ("1e3", "1000"), ("0", "0"), ("1e60", "1e60"), ("12.50", "12.5")])
    func theyAreShownWithoutExponents(_ text: String, _ shown: String) { #expect(ExactNumber(text)?.plain == shown) }

    @Test func whatMayBeAVersionIsNotPlainlyWritten() {
        for text in ["0", "7", "-7", "0.5", "10.25", "18446744073709551615"] { #expect(ExactNumber.isPlainlyWritten(text), "\(text)") }
        for text in ["1.10", "3.0", "0644", "+5", ".5", "5.", "12e5", "-0", "", "-", "1.2.3", "0x10", "x"] {
            #expect(!ExactNumber.isPlainlyWritten(text), "\(text)")
        }
    }
}
