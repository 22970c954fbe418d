internal import Foundation
internal import MatrixCore

/// What a kubelet sets in the kernel of its machine: nodes that are containers of this machine change it for all that run here.
struct KernelSettings: Sendable {
    /// Below `/proc/sys`, with the kubelet's values.
    static let all: [(name: String, given: String)] = [
        ("kernel/panic", "10"), ("kernel/panic_on_oops", "1"), ("vm/overcommit_memory", "1"), ("vm/panic_on_oom", "0"),
        ("kernel/keys/root_maxkeys", "1000000"), ("kernel/keys/root_maxbytes", "25000000"),
    ]

    /// Holds a file for each cluster that has changed this machine's settings.
    let folder: String
    var root = "/proc/sys"

    /// The id of this machine's boot; nodes with the same one share its kernel.
    var boot: String? { value(of: "kernel/random/boot_id") }

    /// Notes the values before the first kubelet of a cluster starts; those that another cluster has noted were there before.
    func note(for cluster: String) throws {
        var values: [String: String] = Self.all.reduce(into: [:]) { $0[$1.name] = value(of: $1.name) }
        for file in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] where file != cluster {
            for setting in Self.all {
                if let earlier = noted(for: file)[setting.name], earlier != setting.given { values[setting.name] = earlier }
            }
        }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let lines = ["boot=\(boot ?? "")"] + values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        try (lines.joined(separator: "\n") + "\n").write(toFile: "\(folder)/\(cluster)", atomically: true, encoding: .utf8)
    }

    /// Whether a cluster has changed this machine's settings, as far as is known.
    func isNoted(for cluster: String) -> Bool { FileManager.default.fileExists(atPath: "\(folder)/\(cluster)") }

    /// Puts the noted values back, unless somebody else has changed them since.
    ///
    /// - Throws: `InfrastructureError` that names those which this process may not write.
    func restore(after cluster: String) throws {
        guard isNoted(for: cluster) else { return }
        let values = noted(for: cluster)
        let failed = Self.all.compactMap { setting -> String? in
            guard let before = values[setting.name], before != setting.given, value(of: setting.name) == setting.given else { return nil }
            let isWritten = (try? Data(before.utf8).write(to: URL(fileURLWithPath: "\(root)/\(setting.name)"))) != nil
            return isWritten ? nil : "\(setting.name.replacing("/", with: "."))=\(before)"
        }
        guard failed.isEmpty else {
            throw InfrastructureError(
                "settings of this machine's kernel that K3s changed could not be put back", why: "left: \(failed.joined(separator: ", "))",
                next: "sudo sysctl -w \(failed.joined(separator: " ")), then matrix reap --yes", type: .k3sLeftovers, isTransient: false)
        }
        try? FileManager.default.removeItem(atPath: "\(folder)/\(cluster)")
    }

    /// A reboot has undone what was noted before it.
    private func noted(for cluster: String) -> [String: String] {
        let lines = ((try? String(contentsOfFile: "\(folder)/\(cluster)", encoding: .utf8)) ?? "").split(separator: "\n")
        let pairs = lines.map { $0.split(separator: "=", maxSplits: 1).map(String.init) }.filter { $0.count == 2 }
        let values = Dictionary(pairs.map { ($0[0], $0[1]) }) { first, _ in first }
        return values["boot"] == boot ? values : [:]
    }

    private func value(of name: String) -> String? {
        (try? String(contentsOfFile: "\(root)/\(name)", encoding: .utf8))?.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
