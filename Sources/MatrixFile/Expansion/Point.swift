import MatrixCore

/// One cell before its expansion: its place on the axes and its overrides.
struct Point {
    /// The index of the value on every axis.
    var values: [Int]
    /// The axis values joined by dashes.
    var name: String
    /// The `cells:` items that match, in order.
    var overrides: [Int] = []
    /// The item of `include:` that names it.
    var include: Int?
    /// Where a problem of the cell is reported.
    var location: SourceLocation
}
