import MatrixCore

/// The leases that one cell holds, in the order in which they were acquired.
actor CellLeases {
    private var stages: [[HeldLease]] = []

    /// Begins a stage; what is added from now on belongs to it.
    func beginStage() { stages.append([]) }

    func add(_ lease: HeldLease) { stages[stages.count - 1].append(lease) }

    var all: [HeldLease] { stages.flatMap(\.self) }

    /// Takes the newest stage out.
    func takeLast() -> [HeldLease] { stages.popLast() ?? [] }

    /// Takes everything out, last stage first.
    func takeAll() -> [[HeldLease]] {
        defer { stages = [] }
        return stages.reversed()
    }
}
