import MatrixCore
import Synchronization
import SystemPackage

/// Writes every event as a line of JSON to `events.ndjson` during the run.
///
/// Only output of steps is limited: each cell has the same share of the room for it. A warning says how much is missing.
final class EventFile: EventSink {
    /// The room for the output of all cells, in bytes.
    static let outputLimit = 128 << 20

    private struct State {
        /// How many bytes of output each cell may have.
        var share: Int
        var written: [String?: Int] = [:]
        var leftOut: [String?: Int] = [:]
        var size = 0
        var isFull = false
    }

    private let path: String
    private let file: FileDescriptor
    private let limit: Int
    private let state: Mutex<State>

    init(in reports: String, outputLimit: Int = EventFile.outputLimit) throws {
        path = "\(reports)/events.ndjson"
        limit = outputLimit
        state = Mutex(State(share: outputLimit))
        file = try FileDescriptor.open(
            FilePath(path), .writeOnly, options: [.create, .append], permissions: [.ownerReadWrite, .groupRead, .otherRead])
    }

    deinit { try? file.close() }

    func emit(_ event: Event) {
        let line = ((try? JSON.encode(event)) ?? Array("{}".utf8)) + [UInt8(ascii: "\n")]
        state.withLock { state in
            switch event.kind {
            case .runStarted(_, let cells, _): state.share = limit / max(1, cells.count)
            case .output: return writeOutput(line, of: event.cell, &state)
            case .cellFinished: closeOutput(of: event.cell, &state)
            case .runFinished: for cell in Array(state.leftOut.keys) { closeOutput(of: cell, &state) }
            default: break
            }
            write(line, &state)
        }
    }

    private func writeOutput(_ line: [UInt8], of cell: String?, _ state: inout State) {
        let size = state.written[cell, default: 0] + line.count
        guard size > state.share || state.leftOut[cell] != nil else {
            state.written[cell] = size
            return write(line, &state)
        }
        if state.leftOut[cell] == nil {
            let room = ByteSize.brief(state.share)
            say("output is left out of this file from here on: it has \(room) for each cell; see the log", cell, &state)
        }
        state.leftOut[cell, default: 0] += 1
    }

    private func closeOutput(of cell: String?, _ state: inout State) {
        guard let count = state.leftOut.removeValue(forKey: cell) else { return }
        say("\(count) lines of output are left out of this file; see the log", cell, &state)
    }

    private func say(_ text: String, _ cell: String?, _ state: inout State) {
        write(Array((JSON.text(Event(cell: cell, .warning(text))) + "\n").utf8), &state)
    }

    /// A full disk does not fail the run, but it is said once.
    private func write(_ line: [UInt8], _ state: inout State) {
        do {
            try file.writeAll(line)
            state.size += line.count
        } catch {
            guard !state.isFull else { return }
            state.isFull = true
            Terminal.error("warning: \(path) is not complete: \("\(error)".lowercased()) after \(ByteSize.brief(state.size))")
        }
    }
}
