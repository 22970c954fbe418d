internal import MatrixCore
internal import Synchronization

/// How much of this machine's memory guests have, so that no cell begins for which there is no room.
final class MemoryBook: Sendable {
    private let surroundings: QemuSurroundings
    /// What this process has promised, by the names of the guests.
    private let promised = Mutex<[String: Int]>([:])

    /// The share of the memory that guests may have.
    static let share = 0.85

    init(_ surroundings: QemuSurroundings) {
        self.surroundings = surroundings
    }

    /// What guests may have together, in bytes.
    var most: Int { Int(nearest: Double(surroundings.memory("MemTotal") ?? Int.max / 2) * Self.share) }

    /// Promises memory to guests.
    ///
    /// - Returns: nil, or why there is no room now.
    func promise(_ guests: [String: Int]) -> String? {
        let running = Dictionary(surroundings.control.processes().map { ($0.name.name, $0.memory) }) { $0 + $1 }
        return promised.withLock { promised in
            let taken = running.merging(promised) { first, _ in first }.filter { guests[$0.key] == nil }.values.reduce(0, +)
            let wanted = guests.values.reduce(0, +)
            guard taken == 0 || taken + wanted <= most else {
                return "waiting for memory: guests have \(ByteSize.brief(taken)) of \(ByteSize.brief(most)), the cell needs "
                    + ByteSize.brief(wanted)
            }
            promised.merge(guests) { $1 }
            return nil
        }
    }

    /// Ends the promise to a guest.
    func release(_ guest: String) { promised.withLock { $0[guest] = nil } }
}
