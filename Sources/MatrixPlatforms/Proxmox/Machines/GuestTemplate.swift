import MatrixCore

/// A template of a system, ready to be cloned.
struct GuestTemplate: Sendable, Hashable {
    var vmid: Int
    var node: String
    var name: String
    /// When it was made: by its notes, else by the server's record of its creation. Nil if neither says it.
    var made: Timestamp?
    /// How a guest agent comes to its clones, by its notes; nil if `matrix` did not build it, or an older version did.
    var agent: AgentOrigin?

    /// Whether its clones have a guest agent; nil if that is unknown.
    ///
    /// - Parameter os: its system. If the matrix file says that there is one, somebody installed it after the build.
    func hasGuestAgent(_ os: OperatingSystem) -> Bool? {
        agent?.isInside == true || os.hasGuestAgent == true ? true : os.hasGuestAgent ?? agent?.isInside
    }

    /// The newest first. Those of an unknown time are older than all others, a higher VMID is newer.
    static func newestFirst(_ templates: [GuestTemplate]) -> [GuestTemplate] {
        templates.sorted { left, right in
            let times = (left.made?.seconds ?? -.infinity, right.made?.seconds ?? -.infinity)
            return times.0 == times.1 ? left.vmid > right.vmid : times.0 > times.1
        }
    }

    /// The newest template on each node. The list must be sorted, the newest first.
    static func newestOfEachNode(_ templates: [GuestTemplate]) -> [GuestTemplate] {
        var newest: [GuestTemplate] = []
        for template in templates where !newest.contains(where: { $0.node == template.node }) { newest.append(template) }
        return newest
    }
}

extension GuestTemplate {
    /// The VMIDs of SOLTI's first templates, which have no tags.
    static let oldIDs: Set<Int> = [7000, 7001, 9001]
    /// The range of SOLTI's templates since 2026, for all systems. `find_latest_template.yml` looks only here.
    static let sharedRange = 9000...9999
    /// Where the templates of systems without a range are built.
    static let otherRange = 14000...14999
    /// Where templates are: those of the catalogue's systems, and SOLTI's.
    static let ranges = [7000...7999, 8000...8999, sharedRange, 10000...10999, 11000...11999, 12000...12999, 13000...13999]

    /// Reads `9000-9999`; nil if it is no range of VMIDs.
    static func range(_ text: String) -> ClosedRange<Int>? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let first = parts[0], let last = parts[1], first <= last, first >= 100, last <= 999_999_999 else {
            return nil
        }
        return first...last
    }

    /// Whether a machine is a template of a system: by name and tags. SOLTI's first ones had no tags, but these VMIDs; in the shared
    /// range the name is enough.
    static func matches(_ machine: Machine, _ os: OperatingSystem) -> Bool {
        guard machine.isTemplate else { return false }
        if oldIDs.contains(machine.vmid), plain(machine.name).contains(plain(os.name)) { return true }
        guard isNamed(machine.name, for: os) else { return false }
        let wanted = os.templateTags.map { $0.lowercased() }.filter { $0 != "cloudinit" }
        if machine.tags.isEmpty, sharedRange.contains(machine.vmid) { return true }
        return !wanted.isEmpty && wanted.allSatisfy(machine.tags.contains)
    }

    private static func isNamed(_ name: String, for os: OperatingSystem) -> Bool {
        os.templateName.map { name == $0 || name.hasPrefix("\($0)-") } ?? false
    }

    private static func plain(_ name: String) -> String { name.lowercased().filter { $0.isLetter || $0.isNumber } }
}
