import MatrixCore
import MatrixFile

/// What a matrix file offers for completion. It is only looked at: nothing of it runs.
struct FileCandidates {
    let words: CompletedWords

    init(words: [String]) { self.words = CompletedWords(words) }

    /// The file on the command line, else the only one of `matrices/`.
    private var file: String? { words.file ?? MatrixChoice.candidates().only }

    private var plan: Plan? { file.flatMap { try? MatrixSource.load($0, isOffline: true) } }

    var cells: [String] { plan?.cells.map(\.name) ?? [] }

    var conditions: [String] {
        guard let plan else { return [] }
        let listed = plan.axes.flatMap { axis in axis.values.map { "\(axis.name)=\($0)" } }
        // An included cell may have values that no axis lists.
        let used = plan.cells.flatMap { cell in cell.point.map { "\($0.axis)=\($0.value)" } }
        return (listed + used).unique
    }

    var tags: [String] { file.map(MatrixWords.init(of:))?.tags ?? [] }

    var settings: [String] { file.map(MatrixWords.init(of:))?.variables.map { "vars.\($0)=" } ?? [] }
}

extension Array {
    /// The element of a list of one.
    var only: Element? { count == 1 ? first : nil }
}
