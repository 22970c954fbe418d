import ArgumentParser
import MatrixCore
import MatrixFile
import MatrixReports

/// What a shell offers for an argument. What cannot be read offers nothing: a completion prints no message.
enum Complete {
    /// Matrix files, and other files in YAML.
    static let yaml = CompletionKind.file(extensions: ["yml", "yaml"])
    static let folder = CompletionKind.directory
    static let keep = CompletionKind.list(Keep.allCases.map(\.rawValue))
    static let systems = CompletionKind.list(SystemCatalogue.builtIn.keys.sorted())

    /// Cells of the matrix file on the command line.
    static let cells = CompletionKind.custom { words, _, _ in FileCandidates(words: words).cells }
    /// `axis=value` of the matrix file on the command line.
    static let conditions = CompletionKind.custom { words, _, _ in FileCandidates(words: words).conditions }
    /// Tags of the matrix file, or the file of checks, on the command line.
    static let tags = CompletionKind.custom { words, _, _ in FileCandidates(words: words).tags }
    /// `vars.x=` of the matrix file on the command line.
    static let settings = CompletionKind.custom { words, _, _ in FileCandidates(words: words).settings }

    /// Cells that are up.
    static let keptCells = CompletionKind.custom { words, _, _ async in await StateCandidates(words: words).cells }
    /// Cells that are up, and each of their hosts.
    static let hosts = CompletionKind.custom { words, _, _ async in await StateCandidates(words: words).hosts }
    /// Runs that left something.
    static let runs = CompletionKind.custom { words, _, _ async in await StateCandidates(words: words).runs }
    /// Runs that can be resumed.
    static let interruptedRuns = CompletionKind.custom { words, _, _ async in await StateCandidates(words: words).interruptedRuns }
    /// Hosts of pools.
    static let poolHosts = CompletionKind.custom { words, _, _ async in await StateCandidates(words: words).poolHosts }
    /// Runs that have a report.
    static let reports = CompletionKind.custom { words, _, _ in
        let words = CompletedWords(words)
        return ["latest"] + ReportsFolder.here(words.value(of: "--reports")).entries().map(\.name)
    }
    /// Cells of the newest report.
    static let reportedCells = CompletionKind.custom { words, _, _ in
        let words = CompletedWords(words)
        let folder = try? ReportsFolder.here(words.value(of: "--reports")).find(words.value(of: "--run") ?? "latest")
        return folder.flatMap { try? ResultsFile.read($0) }?.cells.map(\.name) ?? []
    }
}
