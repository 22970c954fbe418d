internal import MatrixCore

/// Gives each host of a cell a different machine, if that is possible.
struct HostAssignment {
    let cell: CellPlan
    /// The usable machines, better ones first.
    let machines: [PoolMachine]

    /// The machine of each host by the host's name; nil if not every host finds one.
    ///
    /// By augmenting paths (Kuhn): a host that finds all of its machines taken asks their hosts to move.
    func seats() -> [String: PoolMachine]? {
        var taken: [String: Int] = [:]
        for index in cell.hosts.indices {
            var asked: Set<String> = []
            guard seat(index, &taken, &asked) else { return nil }
        }
        var seats: [String: PoolMachine] = [:]
        for machine in machines { if let index = taken[machine.id] { seats[cell.hosts[index].name] = machine } }
        return seats
    }

    /// Whether there are enough machines.
    var isPossible: Bool { seats() != nil }

    private func seat(_ index: Int, _ taken: inout [String: Int], _ asked: inout Set<String>) -> Bool {
        for machine in candidates(for: cell.hosts[index]) where asked.insert(machine.id).inserted {
            guard let other = taken[machine.id] else {
                taken[machine.id] = index
                return true
            }
            if seat(other, &taken, &asked) {
                taken[machine.id] = index
                return true
            }
        }
        return false
    }

    /// Machines that are reserved for the role come before those that take any role.
    private func candidates(for host: HostPlan) -> [PoolMachine] {
        let fitting = machines.filter { $0.fits(host, of: cell) }
        return fitting.filter { !$0.roles.isEmpty } + fitting.filter(\.roles.isEmpty)
    }

    /// What the cell asks for, in words: `2 hosts of debian12 (1 control, 1 worker)`.
    var wish: String {
        let count = cell.hosts.count
        let roles = Dictionary(grouping: cell.hosts, by: \.role).sorted { $0.key < $1.key }.map { "\($0.value.count) \($0.key)" }
        let detail = roles.count == 1 && cell.hosts[0].role == "host" ? "" : " (\(roles.joined(separator: ", ")))"
        return "\(count) host\(count == 1 ? "" : "s") of \(cell.os.name)\(detail)"
    }
}
