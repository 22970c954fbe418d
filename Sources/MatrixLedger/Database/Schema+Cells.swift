extension Schema {
    /// How far each cell has come, what a run was asked to do, and since when an intended resource is known not to be there.
    static let cells = """
        CREATE TABLE cell_phases (
            run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
            cell TEXT NOT NULL,
            phase TEXT NOT NULL,
            position INTEGER NOT NULL,
            outcome TEXT NOT NULL,
            finished REAL NOT NULL,
            record TEXT NOT NULL,
            PRIMARY KEY (run, cell, phase)
        ) WITHOUT ROWID;
        ALTER TABLE runs ADD COLUMN arguments TEXT NOT NULL DEFAULT '{}';
        ALTER TABLE leases ADD COLUMN absent REAL;
        """
}
