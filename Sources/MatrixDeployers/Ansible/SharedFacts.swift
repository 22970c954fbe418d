/// The facts that steps with `facts: shared` have gathered of a cell's hosts.
struct SharedFacts {
    private static let reboots: Set<String> = ["reboot", "ansible.builtin.reboot", "ansible.legacy.reboot"]

    private let folder: String

    /// - Parameter scratch: the cell's folder, which all its steps share.
    init(in scratch: String) {
        folder = "\(scratch)/facts"
    }

    /// What makes Ansible use them, except for what the project or the step says otherwise.
    func environment(_ project: UserConfiguration?, own: [String: String]) -> [String: String] {
        func isSaid(_ key: String, _ variable: String) -> Bool { project?.has(key, in: "defaults") == true || own[variable] != nil }
        var settings: [String: String] = [:]
        if !isSaid("gathering", "ANSIBLE_GATHERING") { settings["ANSIBLE_GATHERING"] = "smart" }
        if isSaid("fact_caching", "ANSIBLE_CACHE_PLUGIN") { return settings }
        return settings.merging(["ANSIBLE_CACHE_PLUGIN": "jsonfile", "ANSIBLE_CACHE_PLUGIN_CONNECTION": folder]) { $1 }
    }

    /// Forgets them: the next play asks the hosts again.
    func forget() { FileSystem.remove(folder) }

    /// Forgets them if the hosts are not what they were: a reboot changes kernels, mounts and addresses.
    func forget(after record: TaskRecord) {
        let hasRebooted = record.endings.contains { Self.reboots.contains($0.event.action ?? "") && $0.event.status == .changed }
        if hasRebooted { forget() }
    }
}
