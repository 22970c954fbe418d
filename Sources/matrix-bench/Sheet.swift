import Foundation

/// All measurements as text.
struct Sheet {
    private let measurements: [Measurement]

    init(_ measurements: [Measurement]) {
        self.measurements = measurements
    }

    func text(_ format: MatrixBench.Format) throws -> String {
        switch format {
        case .json:
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            return String(decoding: try encoder.encode(measurements), as: UTF8.self)
        case .markdown:
            return ([Self.headings, Self.headings.map { _ in "---" }] + measurements.map(row)).map { "| \($0.joined(separator: " | ")) |" }
                .joined(separator: "\n")
        case .table: return table
        }
    }

    private static let headings = ["ROW", "WHAT", "VALUE", "LIMIT", "PLATFORM'S PART", "NOTE"]

    private var table: String {
        let rows = [Self.headings] + measurements.map(row)
        let widths = Self.headings.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            zip(row, widths).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }.joined(separator: "  ")
                .trimmingCharacters(in: .whitespaces)
        }.joined(separator: "\n")
    }

    private func row(_ measurement: Measurement) -> [String] {
        let value = (measurement.value.map { number($0, measurement.unit) } ?? "not measured") + (measurement.isBeyondLimit ? " ✗" : "")
        return [
            measurement.row, measurement.what, value, measurement.limit.map { "≤ \(number($0, measurement.unit))" } ?? "",
            measurement.platform.map { number($0, measurement.unit) } ?? "", measurement.note ?? "",
        ]
    }

    private func number(_ value: Double, _ unit: String) -> String {
        let digits = value == value.rounded() ? 0 : abs(value) < 1 ? 3 : abs(value) < 100 ? 1 : 0
        return "\(String(format: "%.\(digits)f", value)) \(unit)"
    }
}
