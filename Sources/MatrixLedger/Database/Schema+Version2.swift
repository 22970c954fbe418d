extension Schema {
    /// Hosts of pools. Their state is not a run's: it outlives every one of them.
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
}
