import MatrixCore
import Synchronization

@testable import MatrixCLI

/// A terminal without glass: it does what the escape codes of the live grid ask for, and counts what must not happen.
///
/// A line that is too long wraps, unless wrapping is off. A wide character takes two columns. After a resize, terminals differ:
/// one kind breaks its lines anew (`reflows`), the other cuts them.
final class VirtualScreen: Sendable {
    private struct Row {
        /// A wide character is followed by an empty text.
        var cells: [String] = []
        /// Whether the next row continues this line.
        var continues = false

        var text: String { cells.joined().trimmedAtEnd }
    }

    private struct State {
        var columns: Int
        var rows: [Row]
        var row = 0
        var column = 0
        var wraps = true
        /// How often a line was wrapped, and how often the screen scrolled.
        var wrapped = 0
        var scrolled = 0
        /// How often a character came after the last column while wrapping was off.
        var overflown = 0
        var written = ""
    }

    private let state: Mutex<State>
    private let clock = Mutex(Timestamp(seconds: 0))

    init(columns: Int, rows: Int) {
        state = Mutex(State(columns: columns, rows: Array(repeating: Row(), count: rows)))
    }

    /// The grid's device on this screen, with the test's clock.
    var device: LiveGrid.Device {
        LiveGrid.Device(size: { self.size }, write: { self.write($0) }, now: { self.clock.withLock { $0 } })
    }

    var size: (columns: Int, rows: Int) { state.withLock { ($0.columns, $0.rows.count) } }
    var wrapped: Int { state.withLock { $0.wrapped } }
    var scrolled: Int { state.withLock { $0.scrolled } }
    var overflown: Int { state.withLock { $0.overflown } }
    /// Everything that was written.
    var written: String { state.withLock { $0.written } }

    /// The rows, without empty ones at the end.
    var visible: [String] {
        let rows = state.withLock { $0.rows.map(\.text) }
        return rows.reversed().drop { $0.isEmpty }.reversed()
    }

    func setClock(_ seconds: Double) { clock.withLock { $0 = Timestamp(seconds: seconds) } }

    func write(_ text: String) {
        state.withLock { state in
            state.written += text
            var rest = Array(text)[...]
            while let character = rest.popFirst() {
                switch character {
                case "\u{1b}": Self.escape(&rest, &state)
                case "\r": state.column = 0
                case "\n", "\r\n": Self.newline(&state)
                default: Self.put(character, &state)
                }
            }
        }
    }

    private static func put(_ character: Character, _ state: inout State) {
        let width = character.columns
        if state.column + width > state.columns {
            if state.wraps {
                state.rows[state.row].continues = true
                state.wrapped += 1
                newline(&state)
            } else {
                state.overflown += 1
                state.column = max(0, state.columns - width)
            }
        }
        var cells = state.rows[state.row].cells
        while cells.count < state.column + width { cells.append(" ") }
        guard width > 0 else { return }
        cells[state.column] = String(character)
        for next in 1..<max(1, width) { cells[state.column + next] = "" }
        state.rows[state.row].cells = cells
        state.column += width
    }

    private static func newline(_ state: inout State) {
        state.column = 0
        state.row += 1
        guard state.row == state.rows.count else { return }
        state.rows.removeFirst()
        state.rows.append(Row())
        state.row -= 1
        state.scrolled += 1
    }

    private static func escape(_ rest: inout ArraySlice<Character>, _ state: inout State) {
        guard rest.popFirst() == "[" else { return }
        var parameters = ""
        while let next = rest.popFirst() {
            guard next.isLetter else {
                parameters.append(next)
                continue
            }
            switch (next, parameters) {
            case ("A", _): state.row = max(0, state.row - (Int(parameters) ?? 1))
            case ("H", ""): (state.row, state.column) = (0, 0)
            case ("J", ""):
                state.rows[state.row].cells = Array(state.rows[state.row].cells.prefix(state.column))
                state.rows[state.row].continues = false
                for row in state.rows.indices.dropFirst(state.row + 1) { state.rows[row] = Row() }
            case ("l", "?7"): state.wraps = false
            case ("h", "?7"): state.wraps = true
            default: break
            }
            return
        }
    }

    /// Gives the screen another size.
    func resize(columns: Int, rows: Int, reflows: Bool) {
        state.withLock { state in
            let (lines, cursor) = reflows ? Self.broken(state, at: columns) : Self.cut(state, at: columns)
            // The cursor stays on the screen; what is above it scrolls away.
            let last = lines.lastIndex { !$0.text.isEmpty } ?? 0
            let gone = max(0, max(last, cursor) + 1 - rows)
            var kept = Array(lines.dropFirst(gone).prefix(rows))
            while kept.count < rows { kept.append(Row()) }
            (state.rows, state.row, state.columns) = (kept, min(max(0, cursor - gone), rows - 1), columns)
            state.column = min(state.column, columns - 1)
        }
    }

    private static func cut(_ state: State, at columns: Int) -> (lines: [Row], cursor: Int) {
        (state.rows.map { Row(cells: Array($0.cells.prefix(columns)), continues: false) }, state.row)
    }

    private static func broken(_ state: State, at columns: Int) -> (lines: [Row], cursor: Int) {
        var lines: [Row] = []
        var cursor = 0
        var joined: [String] = []
        for (index, row) in state.rows.enumerated() {
            if index == state.row { cursor = lines.count + joined.count / columns }
            joined += row.cells
            if row.continues { continue }
            repeat {
                let part = Array(joined.prefix(columns))
                joined.removeFirst(part.count)
                lines.append(Row(cells: part, continues: !joined.isEmpty))
            } while !joined.isEmpty
        }
        return (lines, cursor)
    }
}
