internal import MatrixCore

/// All events of one run of `ansible-playbook`, as they come in.
struct TaskRecord {
    /// A task's end on one host, with the items of its loop.
    struct Ending {
        var event: AnsibleEvent
        var items: [AnsibleEvent]
        /// The play's name if the playbook has several.
        var play: String?
    }

    /// A play whose pattern fits none of the hosts.
    struct EmptyPlay {
        var name: String
        var isLimited: Bool
        var pattern: String
        var time: Double
    }

    /// What a play did so far.
    struct Play {
        var name: String
        var endings: [AnsibleEvent] = []
    }

    private struct Key: Hashable {
        var host: String
        var task: String
    }

    private(set) var endings: [Ending] = []
    private(set) var emptyPlays: [EmptyPlay] = []
    /// Ansible's totals; nil until its end.
    private(set) var counts: [String: Int]?
    /// Whether a play began: the playbook could be read.
    private(set) var hasBegun = false
    private var running: [Key: AnsibleEvent] = [:]
    private var items: [Key: [AnsibleEvent]] = [:]
    private var announced = 0
    /// The plays that began, in their order.
    private(set) var plays: [Play] = []

    mutating func take(_ event: AnsibleEvent) {
        let key = Key(host: event.host ?? "", task: event.id ?? "")
        switch event.event {
        case .playbook: announced = [announced, event.plays ?? 0].total
        case .play:
            hasBegun = true
            plays.append(Play(name: event.play ?? ""))
        case .noHosts:
            let pattern = event.msg ?? ""
            emptyPlays.append(EmptyPlay(name: event.play ?? pattern, isLimited: event.limited ?? false, pattern: pattern, time: event.time))
        case .start: running[key] = event
        case .item: items[key, default: []].append(event)
        case .task:
            running[key] = nil
            if plays.isEmpty { plays.append(Play(name: "")) }
            plays[plays.count - 1].endings.append(event)
            endings.append(
                Ending(event: event, items: items.removeValue(forKey: key) ?? [], play: announced > 1 ? plays.last?.name : nil))
        case .stats: counts = event.counts ?? [:]
        }
    }

    /// The tasks that were running when it was ended, for the log: `task on host`.
    var unfinished: [String] {
        running.values.sorted { ($0.time, $0.host ?? "") < ($1.time, $1.host ?? "") }.map {
            "\($0.task ?? "a task") on \($0.host ?? "a host")"
        }
    }

    /// How many tasks ended so.
    func count(_ status: AnsibleEvent.Status) -> Int { endings.count { $0.event.status == status } }

    /// How many tasks could not reach their host, which was ignored.
    var ignoredUnreachable: Int { endings.count { $0.event.status == .ignored && $0.event.unreachable == true } }

    /// The names of the plays whose tasks ran, but none of them on a host of the cell.
    ///
    /// - Parameter hosts: the names of the cell's hosts.
    func idlePlays(on hosts: Set<String>) -> [String] {
        plays.filter { $0.hasRun && !$0.hasTouched(hosts) }.map(\.name)
    }

    /// Whether a task of the playbook itself did something on a host; gathering facts and skipped tasks do not count.
    var hasWorked: Bool {
        endings.contains { ending in
            let action = ending.event.action ?? ""
            return ending.event.status != .skipped && ending.event.status != .unreachable && !action.hasSuffix("gather_facts")
        }
    }
}

extension TaskRecord.Play {
    /// Whether it did more than gather facts and skip tasks.
    fileprivate var hasRun: Bool { endings.contains { $0.isRun && !$0.gathersFacts } }

    /// Whether it changed or asked a host. Facts, and what a task would change, count if the play judges them.
    fileprivate func hasTouched(_ hosts: Set<String>) -> Bool {
        let there = endings.filter { $0.isRun && hosts.contains($0.place ?? "") }
        let judges = endings.contains { $0.isRun && ["assert", "fail"].contains($0.shortAction) }
        return there.contains { judges || !$0.gathersFacts && $0.check != true }
    }
}

extension AnsibleEvent {
    fileprivate var isRun: Bool { status != .skipped && status != .unreachable && unreachable != true }

    fileprivate var gathersFacts: Bool { ["gather_facts", "setup"].contains(shortAction) }

    /// Without its collection.
    fileprivate var shortAction: String { action?.split(separator: ".").last.map(String.init) ?? "" }
}
