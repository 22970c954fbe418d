import MatrixCore

/// `axes:`, `exclude:`, `include:` and `sample:`: which cells there are.
enum AxesSection {
    static let key = KeyShape(
        "axes", .map(.oneOrMore(.text)), "The cells are the product of all axes, in this order; os and platform are required",
        required: true)
    static let exclude = KeyShape("exclude", .list(point), "Points of the product that are left out; values may be globs")
    static let include = KeyShape("include", .list(.map(.any)), "More cells, with the keys that `cells:` may override")
    static let sample = KeyShape(
        "sample", .either([.choice(["pairwise"]), .object(ObjectShape("the sample", [pairwise]))]),
        "Cover every pair of values instead of the whole product")
    private static let pairwise = KeyShape(
        "pairwise",
        .object(
            ObjectShape(
                "the pairwise sample", [KeyShape("seed", .integer(0...Int.max), "Which of the equally good samples it is. Default: `1`")])),
        "Every pair of values of two axes", required: true)

    /// Axis names, each with one or more globs.
    static let point = Shape.map(.oneOrMore(.text))

    /// Keys of an included cell besides its axes: no axis may have such a name.
    static var reserved: [String] { MatrixSections.overriding.map(\.name) + ["where"] }
}
