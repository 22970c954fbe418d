internal import MatrixCore

/// Checks, before anything is done on a host, whether it has what a recipe needs.
struct HostNeeds {
    let memory: Int?
    let fullName: Bool

    /// The kernel and the firmware reserve this: a machine of 4 GiB shows a little less.
    private static let reserve = 0.9

    private static let script = """
        sed -n 's/^MemTotal: *\\([0-9]*\\) kB$/memory=\\1/p' /proc/meminfo
        for limit in /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes; do
            [ ! -r "$limit" ] || printf 'limit=%s\\n' "$(cat "$limit")"
        done
        printf 'name=%s\\n' "$(hostname -f 2>/dev/null || hostname)"
        """

    /// What is missing; nil if nothing is.
    ///
    /// - Throws: `InfrastructureError` if the host does not report it.
    func missing(on host: Host) async throws -> String? {
        guard memory != nil || fullName else { return nil }
        let result = try await host.transport.require(
            .script(Self.script, user: "root"), "\(host.name) could not report its memory and name", isTransient: true)
        let answers = result.output.split(separator: "\n").map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
        func values(_ key: String) -> [String] { answers.filter { $0.first == key && $0.count == 2 }.map { $0[1] } }
        if let memory, let found = (values("memory").compactMap { ByteSize.parse("\($0)K") } + values("limit").compactMap(Int.init)).min(),
            Double(found) < Double(memory) * Self.reserve
        {
            return "it has \(ByteSize.brief(found)) of memory and needs \(ByteSize.brief(memory)); give it more under hosts: size:"
        }
        let name = values("name").first ?? ""
        guard fullName, !name.contains(".") else { return nil }
        return "it has no full name: hostname -f says '\(name)'; set provision: domain:"
    }
}
