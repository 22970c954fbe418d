import MatrixCore

/// `cells:`: overrides of the cells that match.
enum CellsSection {
    static var key: KeyShape { KeyShape("cells", .list(.object(item)), "Overrides, merged in order into every cell that matches") }

    private static var item: ObjectShape {
        let matching = KeyShape(
            "where", AxesSection.point, "Axis values (globs, or lists of them); all named axes must match", required: true)
        return ObjectShape("an override of cells", [matching] + MatrixSections.overriding)
    }
}
