import GRDB

/// The tables of `state.db`, version by version. A version that was released is never changed: add the next one.
enum Schema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { try $0.execute(sql: version1) }
        return migrator
    }

    /// Applies the versions that the file lacks.
    static func migrate(_ queue: DatabaseQueue) throws {
        let migrator = migrator
        while try !queue.read(migrator.hasCompletedMigrations) {
            let before = try queue.read(migrator.appliedIdentifiers)
            do {
                try migrator.migrate(queue)
            } catch {
                // Another process that opened the new file at the same moment may have been first.
                guard try queue.read(migrator.appliedIdentifiers) != before else { throw error }
            }
        }
    }
}
