import MatrixCore
import Testing

@Suite struct DurationTests {
    @Test(arguments: [
        ("250ms", 0.25), ("60s", 60), ("10m", 600), ("4h", 14400), ("14d", 1_209_600), ("1h30m", 5400), ("1.5h", 5400), (".5s", 0.5),
        ("0s", 0),
        ("1m1m", 120), ("1h2m3s4ms", 3723.004),
    ])
    func isRead(text: String, seconds: Double) {
        #expect(Duration(text: text)?.inSeconds == seconds)
    }

    @Test(arguments: ["", "5", "s", "5 s", "-5s", "5x", "1e3s", "1h30", "..s", "½h", "٣s", "5S", "1h 30m", "99999999999999999999d"])
    func isRefused(text: String) {
        #expect(Duration(text: text) == nil)
    }

    @Test(arguments: [
        (0, "0s"), (0.42, "0.4s"), (9.96, "10s"), (12.4, "12s"), (59.6, "1m00s"), (185, "3m05s"), (3599.7, "1h00m"), (7800, "2h10m"),
        (90000, "25h00m"),
    ])
    func isPrinted(seconds: Double, text: String) {
        #expect(Duration.seconds(seconds).brief == text)
    }
}
