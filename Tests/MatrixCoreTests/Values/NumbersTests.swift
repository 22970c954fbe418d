import MatrixCore
import Testing

/// Numbers that a hostile host, API or file can send.
@Suite struct NumbersTests {
    @Test(arguments: [
        (0.0, 0), (2.5, 3), (-2.5, -3), (1e300, Int.max), (-1e300, Int.min), (.infinity, Int.max), (-.infinity, Int.min), (.nan, 0),
        (0x1p63, Int.max),
        (-0x1p63, Int.min), (9_007_199_254_740_992, 9_007_199_254_740_992),
    ])
    func theNearestWholeNumberIsAlwaysOne(_ number: Double, _ whole: Int) {
        #expect(Int(nearest: number) == whole)
    }

    @Test(
        arguments: [
            ("3", 3), ("3.0", 3), ("-3", -3), ("1e3", 1000), ("1.5", nil), ("1e300", nil), ("9223372036854775808", nil), ("\"3\"", nil),
            ("null", nil), ("[3]", nil),
        ] as [(String, Int?)])
    func wholeNumbersAreRead(_ json: String, _ number: Int?) throws {
        #expect(try #require(Value(json: json)).wholeNumber == number)
    }

    @Test(arguments: [("0", 0), ("2147483647", 2_147_483_647), ("2147483648", nil), ("-1", nil), ("1e300", nil)] as [(String, Int?)])
    func countsAreRead(_ json: String, _ number: Int?) throws {
        #expect(try #require(Value(json: json)).count == number)
    }

    @Test(arguments: [(1e300, 3_155_760_000.0), (.infinity, 3_155_760_000), (-5, 0), (.nan, 0), (1.25, 1.25)])
    func durationsAreBounded(_ seconds: Double, _ bounded: Double) {
        #expect(Duration.bounded(seconds: seconds).inSeconds == bounded)
    }

    @Test func noLengthThatAFileMayNameIsTooLongForAClock() throws {
        let longest = try #require(Duration(text: "36525d"))
        #expect(Int64(exactly: longest.inSeconds * 1e9) != nil)
        #expect(Duration(text: "36526d") == nil)
        #expect(longest.brief == "876600h00m")
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity, 1e300, -1e300])
    func anyMomentCanBeWritten(_ seconds: Double) throws {
        let moment = Timestamp(seconds: seconds)
        #expect(Timestamp(moment.description) == moment)
        #expect((moment + .seconds(1e12)).description.hasSuffix("Z"))
        #expect(moment.tag.hasSuffix("Z"))
    }

    @Test(arguments: [1e300, -1e300, .nan, .infinity]) func anyPriceCanBeWritten(_ amount: Double) {
        #expect(Cost(amount, "USD").description.hasSuffix(" USD"))
        #expect(Price(hourly: amount, monthly: amount, currency: "USD").cost(of: 1e300).description.hasSuffix(" USD"))
    }

    @Test func sumsSaturate() {
        #expect([1, 2, 3].total == 6)
        #expect([Int](repeating: 1 << 60, count: 1000).total == .max)
        #expect([Int.min, -1].total == .min)
        #expect([Int]().total == 0)
    }
}
