import GRDB

/// Looks for rows that no `matrix` wrote: SQLite keeps any value in any column, and reading a value of another type ends the process.
enum RowCheck {
    /// - Throws: ``DamagedRow`` for the first table that holds one.
    static func examine(_ queue: DatabaseQueue) throws {
        // What the tables must be, not what the file says that they are.
        let reference = try DatabaseQueue()
        try Schema.migrate(reference)
        let expected = try reference.read(conditions)
        try queue.read { database in
            for (table, condition) in expected {
                let isDamaged = try Bool.fetchOne(database, sql: "SELECT EXISTS (SELECT 1 FROM \"\(table)\" WHERE \(condition))") ?? false
                if isDamaged { throw DamagedRow(table: table) }
            }
        }
    }

    /// For each table, what is true of a row that cannot be read.
    private static func conditions(in database: Database) throws -> [(table: String, condition: String)] {
        let tables = try String.fetchAll(
            database, sql: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'grdb%'")
        return try tables.sorted().map { table in
            let columns = try Row.fetchAll(
                database, sql: "SELECT name, type, \"notnull\" AS needed, pk FROM pragma_table_info(?)", arguments: [table])
            return (table, columns.map(condition).joined(separator: " OR "))
        }
    }

    private static func condition(_ column: Row) -> String {
        let name: String = column["name"]
        let type: String = column["type"]
        let types = ["TEXT": "'text'", "REAL": "'real', 'integer'", "INTEGER": "'integer'"][type] ?? "'blob', 'text', 'real', 'integer'"
        let isNeeded = column["needed"] as Bool || column["pk"] as Int > 0
        let wrong = "typeof(\"\(name)\") NOT IN (\(types)\(isNeeded ? "" : ", 'null'"))"
        // The only column that is read as a number of 32 bits.
        return name == "exit_status" ? "\(wrong) OR \"\(name)\" NOT BETWEEN -2147483648 AND 2147483647" : wrong
    }
}

/// A table holds a value that cannot be read.
struct DamagedRow: Error {
    let table: String
}
