import GRDB
import MatrixCore

/// Turns SQLite's errors into next steps.
struct LedgerFailure {
    private let error: any Error
    private let file: String

    init(_ error: any Error, file: String) {
        self.error = error
        self.file = file
    }

    /// The error of opening the ledger: nothing was created yet.
    var whenOpening: any Error {
        guard !isAlreadyClear else { return error }
        let problem = problem
        guard problem.isUsage else { return infrastructure("the ledger \(file) could not be opened", problem) }
        return UsageError("the ledger \(file) cannot be used: \(problem.why)", hint: problem.next)
    }

    /// The error of a call while resources may exist.
    func during(_ what: String) -> any Error {
        isAlreadyClear ? error : infrastructure("the ledger \(file) could not \(what)", problem)
    }

    private var isAlreadyClear: Bool { error is UsageError || error is InfrastructureError }

    private func infrastructure(_ what: String, _ problem: Problem) -> InfrastructureError {
        InfrastructureError(what, why: problem.why, next: problem.next, type: problem.type, isTransient: problem.isTransient)
    }

    private struct Problem {
        var type: ProblemType
        var why: String
        var next: String
        var isTransient = false
        var isUsage = false
    }

    private var problem: Problem {
        switch error {
        case is NewerSchema:
            return Problem(
                type: .ledgerVersion, why: "a newer version of matrix wrote it",
                next: "use that version, or another folder with --state DIR",
                isUsage: true)
        case is NoSharedMemory:
            return Problem(
                type: .ledgerFilesystem, why: "its file system has no shared memory for SQLite's log (network file systems have none)",
                next: "name a folder on a local disk with --state DIR or SOLTI_STATE", isUsage: true)
        case let error as UnusableFolder: return readOnly(error.reason)
        case let error as DatabaseError: return problem(of: error)
        case is DecodingError: return damaged("a record of it cannot be read")
        case let error as DamagedRow: return damaged("its table \(error.table) has a row that cannot be read")
        default: return Problem(type: .ledgerUnknown, why: "\(error)", next: "report this with the command that you ran")
        }
    }

    private func problem(of error: DatabaseError) -> Problem {
        let message = error.message ?? "\(error.resultCode)"
        switch error.resultCode {
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: return damaged(message)
        case .SQLITE_BUSY, .SQLITE_LOCKED: return locked
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH: return readOnly(message)
        case .SQLITE_FULL, .SQLITE_IOERR:
            return Problem(
                type: .ledgerDisk, why: message, next: "free space on its disk (df -h \(ShellQuoting.quote(folder))), then run matrix reap")
        default: return Problem(type: .ledgerDatabase, why: message, next: "check it with: sqlite3 \(quoted) 'PRAGMA integrity_check'")
        }
    }

    private func readOnly(_ reason: String) -> Problem {
        Problem(
            type: .ledgerReadonly, why: reason,
            next: "make \(folder) writable for this account, or name another folder with --state DIR or SOLTI_STATE",
            isUsage: true)
    }

    private var locked: Problem {
        Problem(
            type: .ledgerLocked, why: "another process holds its lock",
            next: "find it with: fuser -v \(quoted); end it, then try again", isTransient: true)
    }

    /// SQLite would replay an old log into a new file, so all of its files move together.
    private func damaged(_ reason: String) -> Problem {
        let aside = ShellQuoting.quote("\(folder)/damaged-\(Timestamp.wall.tag)")
        return Problem(
            type: .ledgerDamaged, why: "it is damaged (\(reason))",
            next:
                "move it aside with: mkdir \(aside) && mv \(quoted)* \(aside)/; its resources are then found by tag only: matrix reap FILE")
    }

    private var folder: String { file.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/") }
    private var quoted: String { ShellQuoting.quote(file) }
}
