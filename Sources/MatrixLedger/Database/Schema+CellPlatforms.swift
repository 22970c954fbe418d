extension Schema {
    /// What platform a cell was on, for sums of costs; nil for runs from before.
    static let cellPlatforms = "ALTER TABLE history_cells ADD COLUMN platform TEXT"
}
