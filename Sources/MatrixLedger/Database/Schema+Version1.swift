extension Schema {
    /// Times are seconds since 1970 in UTC; columns named after values of MatrixCore hold their JSON.
    static let version1 = """
        CREATE TABLE runs (
            id TEXT NOT NULL PRIMARY KEY,
            matrix TEXT NOT NULL,
            file TEXT NOT NULL,
            started REAL NOT NULL,
            finished REAL,
            owner TEXT NOT NULL,
            platforms TEXT NOT NULL,
            reports TEXT NOT NULL,
            exit_status INTEGER
        );
        CREATE INDEX runs_by_start ON runs (started);

        CREATE TABLE leases (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            run TEXT NOT NULL REFERENCES runs (id),
            cell TEXT NOT NULL,
            platform TEXT NOT NULL,
            kind TEXT NOT NULL,
            name TEXT NOT NULL,
            resource_id TEXT NOT NULL,
            expires REAL,
            resource TEXT NOT NULL,
            endpoint TEXT,
            state TEXT NOT NULL CHECK (state IN ('intended', 'created', 'kept', 'leaked', 'destroyed')),
            why TEXT,
            since REAL NOT NULL,
            changed REAL NOT NULL
        );
        CREATE INDEX leases_by_run ON leases (run, state);
        CREATE INDEX leases_open ON leases (id) WHERE state <> 'destroyed';

        CREATE TABLE lease_events (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            lease INTEGER NOT NULL REFERENCES leases (id) ON DELETE CASCADE,
            at REAL NOT NULL,
            event TEXT NOT NULL,
            resource_id TEXT NOT NULL,
            why TEXT
        );
        CREATE INDEX lease_events_by_lease ON lease_events (lease, id);
        CREATE TRIGGER lease_events_are_final BEFORE UPDATE ON lease_events
        BEGIN SELECT RAISE(ABORT, 'lease_events is append only'); END;

        CREATE TABLE claims (
            kind TEXT NOT NULL,
            name TEXT NOT NULL,
            run TEXT NOT NULL,
            owner TEXT NOT NULL,
            since REAL NOT NULL,
            until REAL,
            PRIMARY KEY (kind, name)
        );

        CREATE TABLE history_cells (
            id INTEGER PRIMARY KEY,
            run TEXT NOT NULL,
            matrix TEXT NOT NULL,
            cell TEXT NOT NULL,
            outcome TEXT NOT NULL,
            finished REAL NOT NULL,
            UNIQUE (run, cell)
        );
        CREATE INDEX history_cells_by_name ON history_cells (matrix, cell, finished);
        CREATE TABLE history_phases (
            cell INTEGER NOT NULL REFERENCES history_cells (id) ON DELETE CASCADE,
            phase TEXT NOT NULL,
            seconds REAL NOT NULL,
            PRIMARY KEY (cell, phase)
        ) WITHOUT ROWID;
        CREATE TABLE history_checks (
            cell INTEGER NOT NULL REFERENCES history_cells (id) ON DELETE CASCADE,
            name TEXT NOT NULL,
            outcome TEXT NOT NULL,
            attempts INTEGER NOT NULL
        );
        CREATE INDEX history_checks_by_cell ON history_checks (cell, name);
        """
}
