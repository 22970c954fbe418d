internal import MatrixCore

/// Where in the matrix a problem is: `fails only on rocky10; passes on rocky9, debian12`.
struct FailurePattern {
    let sentence: String
    /// The axis value that all failing cells have, and no passing cell.
    let value: AxisValue?

    /// - Parameters:
    ///   - failing: the cells that have the problem.
    ///   - passing: the cells in which the same cases passed; a cell that did not run them is in neither list.
    init(failing: [CellResult], passing: [CellResult]) {
        if passing.isEmpty {
            value = nil
            sentence = failing.count == 1 ? "in the only cell that got so far" : "in all \(failing.count) cells that got so far"
        } else if let found = Self.separatingAxis(failing, passing) {
            value = found.failing.count == 1 ? AxisValue(axis: found.axis, value: found.failing[0]) : nil
            sentence = "fails only \(Self.place(found.axis, found.failing)); passes \(Self.place(found.axis, found.passing))"
        } else if let pairs = Self.separatingPairs(failing, passing) {
            value = nil
            sentence = "fails only on \(Self.list(pairs)); passes in \(Self.cells(passing.count))"
        } else if failing.count == 1 {
            value = nil
            sentence = "fails in this cell only; passes in \(Self.cells(passing.count))"
        } else {
            value = nil
            sentence = "fails in \(failing.count) of \(Self.cells(failing.count + passing.count)); no axis tells them apart"
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
        unique(cells.compactMap { cell in cell.point.first { $0.axis == axis }?.value })
    }

    private static func pairs(_ first: String, _ second: String, in cells: [CellResult]) -> [String] {
        unique(
            cells.map { cell in
                [first, second].map { axis in word(AxisValue(axis: axis, value: cell.point.first { $0.axis == axis }?.value ?? "")) }
                    .joined(separator: " × ")
            })
    }

    private static func unique(_ values: [String]) -> [String] {
        var seen: Set<String> = []
        return values.filter { seen.insert($0).inserted }
    }

    /// `on rocky9, debian12` for systems and platforms, `with influxdb 2, 3` for any other axis.
    private static func place(_ axis: String, _ values: [String]) -> String {
        isPlace(axis) ? "on \(list(values))" : "with \(axis) \(list(values))"
    }

    private static func word(_ value: AxisValue) -> String { isPlace(value.axis) ? value.value : "\(value.axis) \(value.value)" }
    private static func isPlace(_ axis: String) -> Bool { axis == "os" || axis == "platform" }
    private static func cells(_ count: Int) -> String { count == 1 ? "1 cell" : "\(count) cells" }
    private static func list(_ values: [String]) -> String {
        values.count <= 6 ? values.joined(separator: ", ") : values.prefix(5).joined(separator: ", ") + " and \(values.count - 5) more"
    }
}
