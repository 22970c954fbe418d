import MatrixTesting
import Testing

@testable import MatrixCore

/// Values of every kind that come as text.
@Suite(.timeLimit(.minutes(10))) struct FuzzTests {
    @Test func json() throws {
        var fuzzer = Fuzzer(
            "json",
            samples: [
                #"{"a": [1, 2.5, -3e4, "x\u00e9", true, null], "b": {"c": {"d": []}}}"#, #"[[[[1e300]]], {"seconds": 1e10, "id": "7"}]"#,
                #"{"hourly": 0.01, "monthly": 5, "currency": "USD"}"#,
            ])
        try fuzzer.run { bytes in
            guard let value = Value(json: String(decoding: bytes, as: UTF8.self)) else { return }
            _ = (value.json, value.text, value.wholeNumber, value.count, value.element(at: "a.0"), value.element(at: #"b["c"].d"#))
            if let number = value["seconds"]?.number {
                _ = (Duration.bounded(seconds: number).brief, Timestamp(seconds: number).description)
            }
            if let price = try? JSON.decode(Price.self, from: bytes) { _ = (price.cost(of: 1e12).description, price.text) }
        }
    }

    @Test func scalars() throws {
        var fuzzer = Fuzzer(
            "scalars",
            samples: [
                "1h30m", "250ms", "14d", "8GiB", "512M", "2026-11-23T05:01:22.123Z", "20261123T050122Z", ">=2.17, <2.20", "2.20.0rc1",
                "261123-050122-k3f9", "a*b?c", "${vars.x:-y} $${z} ${", "1.10",
            ])
        try fuzzer.run { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            _ = (
                Duration(text: text)?.brief, ByteSize.parse(text).map(ByteSize.brief), Timestamp(text)?.tag,
                Timestamp(tag: text)?.description
            )
            _ = (VersionRange(text)?.contains(text), VersionRange.compare(text, "2.17"), RunID(text).began, Glob.matches(text, text))
            let document = Document(.scalar(text, plain: true), at: SourceLocation(file: "f", line: 1, column: 1))
            _ = (document.value, document.int, document.duration, document.bytes, document.secretsInExpressions)
            _ = Template.references(in: text).map(\.offset)
            _ = Template.expanded(text) { $0.fallback }
            _ = try? Template.rendered(text) { $0 }
            _ = Suggestion.nearest(to: text, among: ["duration", "debian12", text])
        }
    }

    @Test func output() throws {
        let redactor = Redactor()
        redactor.hide("hunter2\nsecond line of it\n'quoted\"")
        var fuzzer = Fuzzer(
            "output",
            samples: ["plain\r\u{1b}[2Kdone\n\u{1b}]0;title\u{7}x", "hunter2 aHVudGVyMg== %68unter2 'hunter2'", "a\u{9b}31mb\u{90}c\n"],
            words: ["\u{1b}[", "\u{1b}]", "\u{9b}", "\u{9d}", "hunter2", "\r"])
        try fuzzer.run { bytes in
            let text = PlainText.clean(bytes)
            _ = (PlainText.visible(text), PlainText.clipped(text, to: 20), redactor.redact(text))
            _ = (ShellQuoting.join([text, text]), Command([text], environment: ["A": text]).display)
        }
    }
}
