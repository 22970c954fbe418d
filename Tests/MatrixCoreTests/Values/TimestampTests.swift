import MatrixCore
import Testing

@Suite struct TimestampTests {
    @Test(arguments: [
        ("2026-11-23T05:01:22Z", 1_795_410_082.0), ("2026-11-23T05:01:22.123Z", 1_795_410_082.123), ("1970-01-01T00:00:00Z", 0),
        ("2024-02-29T23:59:59.999Z", 1_709_251_199.999),
    ])
    func isRead(text: String, seconds: Double) throws {
        let read = try #require(Timestamp(text))
        #expect(abs(read.seconds - seconds) < 0.0005)
    }

    @Test(arguments: [
        "", "yesterday", "2026-11-23", "2026-13-23T05:01:22Z", "20261123T050122Z", "2026-11-23T05:01:22Zx", "2026-11-23T05:01:22",
        "2026-11-23T05:01:22+01:00", "Z",
    ])
    func isRefused(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test(arguments: [
        (1_795_410_082.0, "2026-11-23T05:01:22.000Z"), (1_795_410_082.1236, "2026-11-23T05:01:22.124Z"),
        (1_795_410_081.9999, "2026-11-23T05:01:22.000Z"), (0.001, "1970-01-01T00:00:00.001Z"), (-0.5, "1969-12-31T23:59:59.500Z"),
    ])
    func isPrintedToTheMillisecond(seconds: Double, text: String) {
        #expect(Timestamp(seconds: seconds).description == text)
    }

    @Test func everyMillisecondSurvivesItsText() {
        for millisecond in 0..<1000 {
            let date = Timestamp(seconds: 1_795_410_082 + Double(millisecond) / 1000)
            #expect(Timestamp(date.description) == date)
            #expect(Timestamp(date.description)?.description == date.description)
        }
    }

    @Test func theTagIsReadBack() {
        let date = Timestamp(seconds: 1_795_410_082.9)
        #expect(date.tag == "20261123T050122Z")
        #expect(Timestamp(tag: date.tag)?.seconds == 1_795_410_082)
        #expect(Timestamp(tag: "2026") == nil)
        #expect(Resource.Tag.expires(date) == "solti-matrix-expires-20261123T050122Z")
    }

    @Test func momentsAreOrderedAndAdded() throws {
        let early = Timestamp(seconds: 10)
        let late = early + .milliseconds(1500)
        #expect(early < late)
        #expect(late.seconds(since: early) == 1.5)
    }

    @Test func aBadTimeInJSONIsNamed() {
        let error = #expect(throws: DecodingError.self) { try JSON.decode([Timestamp].self, from: Array(#"["soon"]"#.utf8)) }
        #expect("\(error.map(String.init(describing:)) ?? "")".contains("'soon' is not a time"))
    }
}
