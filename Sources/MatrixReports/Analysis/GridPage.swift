internal import MatrixCore

/// The cells of a run as a table with a row for each system and a column for each platform; one page for each point of further axes.
struct GridPage {
    /// One place of the table.
    enum Place {
        case cell(CellResult)
        case notSelected
        /// The shard that runs it: `2/3`.
        case otherShard(String)
        case notInMatrix
    }

    /// `influxdb 2, tls on`; empty for at most two axes.
    let title: String
    let rowAxis: String
    /// Empty if there is only one axis.
    let columnAxis: String
    let columns: [String]
    let rows: [(value: String, places: [Place])]

    /// All pages of a run, in plan order.
    static func all(of run: ReportedRun) -> [GridPage] {
        let axes = axes(of: run)
        guard let row = axes.first(where: { $0.name == "os" }) ?? axes.first else { return [] }
        let column = axes.first { $0.name == "platform" && $0.name != row.name } ?? axes.first { $0.name != row.name }
        let further = axes.filter { $0.name != row.name && $0.name != column?.name }
        let cells = Dictionary(run.cells.map { ($0.coordinates, $0) }) { first, _ in first }
        let absent = absent(from: run.result)
        return points(of: further, in: run.cells).map { point in
            let rows = row.values.map { value in
                (
                    value: value,
                    places: (column?.values ?? [""]).map { other in
                        var coordinates = Dictionary(point.map { ($0.axis, $0.value) }) { first, _ in first }
                        coordinates[row.name] = value
                        if let column { coordinates[column.name] = other }
                        return place(at: coordinates, axes: axes, cells: cells, absent: absent)
                    }
                )
            }
            return GridPage(
                title: point.map { "\($0.axis) \($0.value)" }.joined(separator: ", "), rowAxis: row.name, columnAxis: column?.name ?? "",
                columns: column?.values ?? ["cells"], rows: rows)
        }
    }

    /// The matrix's axes, each with every value that a cell has.
    private static func axes(of run: ReportedRun) -> [Axis] {
        var axes = run.result.axes
        for value in run.cells.flatMap(\.point) {
            guard let index = axes.firstIndex(where: { $0.name == value.axis }) else {
                axes.append(Axis(name: value.axis, values: [value.value]))
                continue
            }
            if !axes[index].values.contains(value.value) { axes[index].values.append(value.value) }
        }
        return axes
    }

    /// The points of the further axes that some cell has, in plan order.
    private static func points(of axes: [Axis], in cells: [CellResult]) -> [[AxisValue]] {
        cells.map { cell in axes.compactMap { axis in cell.point.first { $0.axis == axis.name } } }.unique
    }

    private static func place(
        at coordinates: [String: String], axes: [Axis], cells: [[String: String]: CellResult], absent: [String: Place]
    ) -> Place {
        if let cell = cells[coordinates] { return .cell(cell) }
        return absent[axes.compactMap { coordinates[$0.name] }.joined(separator: "-")] ?? .notInMatrix
    }

    /// The cells of the matrix that this run left out, by name.
    private static func absent(from result: RunResult) -> [String: Place] {
        var places: [String: Place] = [:]
        for name in result.notSelected { places[name] = .notSelected }
        for cell in result.shard?.cells ?? [] { places[cell.name] = .otherShard("\(cell.shard)/\(result.shard?.count ?? 0)") }
        return places
    }
}

extension CellResult {
    /// Its axis values, by axis.
    fileprivate var coordinates: [String: String] { Dictionary(point.map { ($0.axis, $0.value) }) { first, _ in first } }

    /// Seconds since it left the queue.
    var seconds: Double { Decimal.sane(finished.seconds(since: started)) }
    /// `failed`, or `failed, experimental`.
    var word: String { experimental && outcome.isProblem ? "\(outcome.rawValue), experimental" : outcome.rawValue }
}
