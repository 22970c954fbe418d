import GRDB

/// Brings the tables of `state.db` to this version. Each migration has a unique name.
enum Schema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { try $0.execute(sql: Migrations.version1) }
        migrator.registerMigration("2") { try $0.execute(sql: Migrations.version2) }
        migrator.registerMigration("cells") { try $0.execute(sql: Migrations.cells) }
        migrator.registerMigration("costs") { try $0.execute(sql: Migrations.costs) }
        migrator.registerMigration("history") { try $0.execute(sql: Migrations.history) }
        migrator.registerMigration("cell platforms") { try $0.execute(sql: Migrations.cellPlatforms) }
        return migrator
    }

    /// Applies the versions that the file lacks.
    static func migrate(_ queue: DatabaseQueue) throws {
        let migrator = migrator
        while try !ask(queue, migrator.hasCompletedMigrations) {
            let before = try ask(queue, migrator.appliedIdentifiers)
            do {
                try migrator.migrate(queue)
            } catch {
                // Another process that opened the new file at the same moment may have been first.
                guard try ask(queue, migrator.appliedIdentifiers) != before else { throw error }
            }
        }
    }

    /// Asks about versions while another process may be making the tables.
    static func ask<T>(_ queue: DatabaseQueue, _ question: (Database) throws -> T) throws -> T {
        do {
            return try queue.read(question)
        } catch let error as DatabaseError where error.resultCode == .SQLITE_ERROR {
            // GRDB reads twice, and another process may make its table in between. The write lock prevents that.
            return try queue.write(question)
        }
    }
}
