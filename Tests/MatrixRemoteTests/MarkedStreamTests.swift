import MatrixCore
import Testing

@testable import MatrixRemote

struct MarkedStreamTests {
    @Test("Only what stands between the marks reaches the sink, however it is cut", arguments: [1, 2, 7, 1000])
    func sink(size: Int) {
        let all = Array("noise\n\u{1e}abc begin\nfile 644\nda\u{1e}ta\u{1e}abc 1\nafter\n".utf8)
        var taken: [UInt8] = []
        var stream = MarkedStream(.standardOutput, nonce: "abc", limit: 0) { taken += $0 }
        for start in stride(from: 0, to: all.count, by: size) { _ = stream.take(Array(all[start..<min(start + size, all.count)])) }
        #expect(String(decoding: taken, as: UTF8.self) == "file 644\nda\u{1e}ta" && stream.verdict == "1" && stream.kept.isEmpty)
        #expect(stream.noise == ["noise"])
    }
}
