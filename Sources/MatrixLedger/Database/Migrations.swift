/// The SQL of each migration, oldest first. Never change a released one: add the next one and register it in ``Schema``.
enum Migrations {
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

    /// Hosts of pools. Their state outlives every run.
    static let version2 = """
        CREATE TABLE pool_hosts (
            machine TEXT NOT NULL PRIMARY KEY,
            pool TEXT NOT NULL,
            name TEXT NOT NULL,
            run TEXT,
            cell TEXT,
            resource TEXT,
            owner TEXT,
            since REAL,
            until REAL,
            needs_reset INTEGER NOT NULL DEFAULT 1,
            changes TEXT,
            quarantined REAL,
            why TEXT
        );
        CREATE TABLE pool_queue (
            ticket INTEGER PRIMARY KEY AUTOINCREMENT,
            pool TEXT NOT NULL,
            run TEXT NOT NULL,
            cell TEXT NOT NULL,
            owner TEXT NOT NULL,
            since REAL NOT NULL,
            count INTEGER NOT NULL,
            machines TEXT NOT NULL
        );
        """

    /// How far each cell has come, what a run was asked to do, and since when an intended resource is known to be absent.
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

    /// What a cell cost: JSON of its `[Cost]`.
    static let costs = "ALTER TABLE history_cells ADD COLUMN costs TEXT"

    /// The history holds every case that was asked, not only checks, and what a report says about an earlier run.
    static let history = """
        CREATE TABLE history_runs (
            run TEXT NOT NULL PRIMARY KEY,
            matrix TEXT NOT NULL,
            started REAL NOT NULL,
            finished REAL NOT NULL,
            exit_status INTEGER NOT NULL,
            commit_id TEXT
        ) WITHOUT ROWID;
        CREATE INDEX history_runs_by_matrix ON history_runs (matrix, started);
        INSERT INTO history_runs
            SELECT past.run, min(past.matrix), coalesce(runs.started, min(past.finished)), max(past.finished),
                coalesce(runs.exit_status, CASE
                    WHEN sum(past.outcome = 'error') > 0 THEN 3 WHEN sum(past.outcome = 'interrupted') > 0 THEN 130
                    WHEN sum(past.outcome = 'failed') > 0 THEN 1 ELSE 0 END), NULL
            FROM history_cells AS past LEFT JOIN runs ON runs.id = past.run GROUP BY past.run;

        CREATE TABLE history_names (
            id INTEGER PRIMARY KEY,
            phase TEXT NOT NULL,
            step TEXT NOT NULL,
            name TEXT NOT NULL,
            UNIQUE (phase, step, name)
        );
        CREATE TABLE history_cases (
            cell INTEGER NOT NULL REFERENCES history_cells (id) ON DELETE CASCADE,
            name INTEGER NOT NULL REFERENCES history_names (id),
            outcome TEXT NOT NULL,
            attempts INTEGER NOT NULL,
            PRIMARY KEY (cell, name)
        ) WITHOUT ROWID;
        CREATE INDEX history_cases_by_name ON history_cases (name);
        INSERT INTO history_names (phase, step, name) SELECT DISTINCT 'verify', 'verify', name FROM history_checks;
        INSERT OR REPLACE INTO history_cases
            SELECT checks.cell, names.id, checks.outcome, checks.attempts
            FROM history_checks AS checks JOIN history_names AS names ON names.name = checks.name
            WHERE checks.outcome <> 'skipped';
        DROP TABLE history_checks;
        """

    /// A cell's platform, for sums of costs; nil for older runs.
    static let cellPlatforms = "ALTER TABLE history_cells ADD COLUMN platform TEXT"
}
