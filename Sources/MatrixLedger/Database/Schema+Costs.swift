extension Schema {
    /// What a cell cost: JSON of its `[Cost]`.
    static let costs = "ALTER TABLE history_cells ADD COLUMN costs TEXT"
}
