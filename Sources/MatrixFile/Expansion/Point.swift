import MatrixCore

/// One cell before anything of it is worked out: its place on the axes and what overrides the matrix in it.
struct Point {
    /// The index of the value on every axis.
    var values: [Int]
    /// The axis values joined by dashes.
    var name: String
    /// The `cells:` items that match, in order.
    var overrides: [Int] = []
    /// The item of `include:` that names it.
    var include: Int?
    /// What a problem of the cell is reported at.
    var location: SourceLocation
}
