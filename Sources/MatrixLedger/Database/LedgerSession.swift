import GRDB
import MatrixCore

/// One transaction on the ledger: the SQL that its tables need, with values as JSON.
struct LedgerSession {
    private let database: Database

    init(_ database: Database) {
        self.database = database
    }

    /// Runs one statement with its values in the order of the question marks.
    func execute(_ sql: String, _ values: [(any DatabaseValueConvertible)?] = []) throws {
        try database.cachedStatement(sql: sql).execute(arguments: StatementArguments(values))
    }

    /// All rows that a query gives.
    func rows(_ sql: String, _ values: [(any DatabaseValueConvertible)?] = []) throws -> [Row] {
        try Row.fetchAll(database.cachedStatement(sql: sql), arguments: StatementArguments(values))
    }

    /// The first row that a query gives.
    func row(_ sql: String, _ values: [(any DatabaseValueConvertible)?] = []) throws -> Row? {
        try rows(sql, values).first
    }

    /// The key of the row that was added last.
    var lastKey: Int64 { database.lastInsertedRowID }

    /// How many rows the last statement changed.
    var changes: Int { database.changesCount }
}

extension Row {
    /// Reads a column of JSON.
    /// - Throws: `DecodingError` if somebody else wrote into the file.
    func json<T: Decodable>(_ type: T.Type, _ column: String) throws -> T {
        let text: String = self[column]
        return try JSON.decode(type, from: Array(text.utf8))
    }
}
