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
    private var plays = 0
    private var play = ""

    mutating func take(_ event: AnsibleEvent) {
        let key = Key(host: event.host ?? "", task: event.id ?? "")
        switch event.event {
        case .playbook: plays = [plays, event.plays ?? 0].total
        case .play:
            hasBegun = true
            play = event.play ?? ""
        case .noHosts:
            let pattern = event.msg ?? ""
            emptyPlays.append(EmptyPlay(name: event.play ?? pattern, isLimited: event.limited ?? false, pattern: pattern, time: event.time))
        case .start: running[key] = event
        case .item: items[key, default: []].append(event)
        case .task:
            running[key] = nil
            endings.append(Ending(event: event, items: items.removeValue(forKey: key) ?? [], play: plays > 1 ? play : nil))
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

    /// Whether a task of the playbook itself did something on a host; gathering facts and skipped tasks do not count.
    var hasWorked: Bool {
        endings.contains { ending in
            let action = ending.event.action ?? ""
            return ending.event.status != .skipped && ending.event.status != .unreachable && !action.hasSuffix("gather_facts")
        }
    }
}
