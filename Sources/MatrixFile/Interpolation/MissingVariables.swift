import MatrixCore

/// Variables that are not set in some cells: gathered over all cells and reported once for each place.
final class MissingVariables {
    private struct Key: Hashable {
        let path: String
        let location: SourceLocation
    }

    private var cells: [Key: [String]] = [:]

    /// - Parameter cell: nil if a setting of the whole file names it.
    func add(_ path: String, at location: SourceLocation, in cell: String?) {
        cells[Key(path: path, location: location), default: []] += [cell].compactMap(\.self)
    }

    func report(to problems: Problems) {
        // A name that is set nowhere is already reported.
        for (key, cells) in cells where !problems.hasError(at: key.location) {
            let others = cells.count > 1 ? " and \(cells.count - 1) other \(cells.count == 2 ? "cell" : "cells")" : ""
            let place = cells.first.map { " in \($0)\(others)" } ?? " outside of cells"
            problems.error(
                at: key.location, "the variable `\(key.path)` is not set\(place)",
                hint: "set it under `vars:`, or give it a default: ${vars.\(key.path):-…}")
        }
    }
}
