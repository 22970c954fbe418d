import Foundation
import MatrixCore
import MatrixReports

/// The cost of the HTML report of many cases, and whether it is within its limits.
struct HTMLRow: Row {
    let name = "html"

    func measure(_ scale: Scale, in folder: String) async throws -> [Measurement] {
        let cases = scale.of(5000)
        let result = Samples.result(cells: 50, cases: cases / 50, problemsEvery: 20)
        let started = ContinuousClock.now
        _ = try HTMLReporter().write(result, into: folder)
        let seconds = (ContinuousClock.now - started).inSeconds
        let text = try String(contentsOfFile: "\(folder)/index.html", encoding: .utf8)
        return [
            Measurement(row: name, what: "index.html of \(cases) cases: time", value: seconds, unit: "s"),
            Measurement(row: name, what: "index.html of \(cases) cases: size", value: Double(text.utf8.count) / 1e6, unit: "MB", limit: 2),
            Measurement(
                row: name, what: "index.html of \(cases) cases: elements", value: Double(elements(in: text)), unit: "elements",
                limit: 30_000,
                note: "in one file"),
            try load(of: "\(folder)/index.html", cases: cases, limit: scale.limit(500), in: folder),
        ]
    }

    private func load(of page: String, cases: Int, limit: Double?, in folder: String) throws -> Measurement {
        var load = Measurement(row: name, what: "index.html of \(cases) cases: load in Chromium, best of 3", unit: "ms", limit: limit)
        guard Browser.isThere else {
            load.note = "there is no Chromium: apt-get install chromium"
            return load
        }
        load.value = try (0..<3).map { try Browser().loadMilliseconds(of: page, in: "\(folder)/browser-\($0)") }.min()
        load.note = "from the navigation's start to the load event"
        return load
    }

    private func elements(in text: String) -> Int {
        let bytes = Array(text.utf8)
        return bytes.indices.dropLast().count {
            bytes[$0] == UInt8(ascii: "<") && (bytes[$0 + 1] | 0x20) >= 97 && (bytes[$0 + 1] | 0x20) <= 122
        }
    }
}
