public import MatrixCore

/// A note of cases that passed, such as ignored failures: every report shows it in amber beside what broke.
public struct PassedNote: Sendable {
    /// Stands before a note, as ``Outcome/glyph`` before an outcome.
    public static let glyph = "△"

    /// The step and the name of the case.
    public let title: String
    public let note: String
    /// The names of the cells that have it, in plan order.
    public private(set) var cells: [String]

    /// The notes of a run; the same note of the same case in several cells is one.
    public static func all(of cells: [CellResult]) -> [PassedNote] {
        var notes: [PassedNote] = []
        var places: [[String]: Int] = [:]
        for cell in cells {
            for test in cell.cases {
                guard let text = test.note else { continue }
                let title = test.step == test.name || test.step == test.phase.rawValue ? test.name : "\(test.step): \(test.name)"
                if let place = places[[title, text]] {
                    if notes[place].cells.last != cell.name { notes[place].cells.append(cell.name) }
                } else {
                    places[[title, text]] = notes.count
                    notes.append(PassedNote(title: title, note: text, cells: [cell.name]))
                }
            }
        }
        return notes
    }

    /// How many cases of a cell have a note.
    public static func count(in cell: CellResult) -> Int { cell.cases.count { $0.note != nil } }
}
