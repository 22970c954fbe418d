extension Schema {
    /// The history holds every case that was asked, not the checks alone, and what a report says of an earlier run.
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
}
