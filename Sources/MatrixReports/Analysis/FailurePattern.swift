internal import MatrixCore

/// Where in the matrix a problem is: `fails only on rocky10; passes on rocky9, debian12`.
struct FailurePattern {
    let sentence: String
    /// The axis value that all failing cells have, and no passing cell.
    let value: AxisValue?

    /// `only on rocky10`, if one value of an axis tells where.
    var short: String? { value.map { "only \(Self.place($0.axis, [$0.value]))" } }

    /// - Parameters:
    ///   - failing: the cells that have the problem.
    ///   - passing: the cells in which the same cases passed; a cell that did not run them is in neither list.
    init(failing: [CellResult], passing: [CellResult]) {
        let found = passing.isEmpty ? nil : Self.separatingAxis(failing, passing)
        value = found.flatMap { $0.failing.count == 1 ? AxisValue(axis: $0.axis, value: $0.failing[0]) : nil }
        sentence =
            if passing.isEmpty {
                failing.count == 1 ? "in the only cell that ran it" : "in all \(failing.count) cells that ran it"
            } else if let found {
                "fails only \(Self.place(found.axis, found.failing)); passes \(Self.place(found.axis, found.passing))"
            } else if let pairs = Self.separatingPairs(failing, passing) {
                "fails only on \(Self.list(pairs)); passes in \(Tally.cells(passing.count))"
            } else if failing.count == 1 {
                "fails in this cell only; passes in \(Tally.cells(passing.count))"
            } else {
                "fails in \(failing.count) of \(Tally.cells(failing.count + passing.count)); no axis separates them"
            }
    }

    private typealias Split = (axis: String, failing: [String], passing: [String])

    /// The axis that has no value in both failing and passing cells; of several, the one with the fewest failing values.
    private static func separatingAxis(_ failing: [CellResult], _ passing: [CellResult]) -> Split? {
        let axes = failing.first?.point.map(\.axis) ?? []
        let splits = axes.map { axis in (axis: axis, failing: values(of: axis, in: failing), passing: values(of: axis, in: passing)) }
        return splits.filter { !$0.passing.isEmpty && Set($0.failing).isDisjoint(with: $0.passing) }.min {
            $0.failing.count < $1.failing.count
        }
    }

    /// Two axes that have no pair of values in both failing and passing cells, if few pairs fail.
    private static func separatingPairs(_ failing: [CellResult], _ passing: [CellResult]) -> [String]? {
        let axes = failing.first?.point.map(\.axis) ?? []
        for (index, first) in axes.enumerated() {
            for second in axes.dropFirst(index + 1) {
                let bad = pairs(first, second, in: failing)
                if bad.count <= 3, Set(bad).isDisjoint(with: pairs(first, second, in: passing)) { return bad }
            }
        }
        return nil
    }

    private static func values(of axis: String, in cells: [CellResult]) -> [String] {
        cells.compactMap { cell in cell.point.first { $0.axis == axis }?.value }.unique
    }

    private static func pairs(_ first: String, _ second: String, in cells: [CellResult]) -> [String] {
        cells.map { cell in
            [first, second].map { axis in word(AxisValue(axis: axis, value: cell.point.first { $0.axis == axis }?.value ?? "")) }
                .joined(separator: " × ")
        }.unique
    }

    /// `on rocky9, debian12` for systems and platforms, `with influxdb 2, 3` for any other axis.
    private static func place(_ axis: String, _ values: [String]) -> String {
        isPlace(axis) ? "on \(list(values))" : "with \(axis) \(list(values))"
    }

    private static func word(_ value: AxisValue) -> String { isPlace(value.axis) ? value.value : "\(value.axis) \(value.value)" }
    private static func isPlace(_ axis: String) -> Bool { axis == "os" || axis == "platform" }
    private static func list(_ values: [String]) -> String {
        values.count <= 6 ? values.joined(separator: ", ") : values.prefix(5).joined(separator: ", ") + " and \(values.count - 5) more"
    }
}
