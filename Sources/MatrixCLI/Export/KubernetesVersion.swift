/// The oldest release of Kubernetes that an exported Job is for.
struct KubernetesVersion: Comparable {
    var major: Int
    var minor: Int

    /// Indexed and suspended Jobs work without a feature gate.
    static let oldest = KubernetesVersion(major: 1, minor: 22)
    /// A failed index of a Job does not end the others.
    static let usual = KubernetesVersion(major: 1, minor: 29)

    init(major: Int, minor: Int) { (self.major, self.minor) = (major, minor) }

    /// Reads `1.29`, `v1.29.3` or `v1.29.3+k3s1`; nil if it is none of them.
    init?(_ text: String) {
        let parts = (text.hasPrefix("v") ? text.dropFirst() : text[...]).split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count > 1, let major = Int(parts[0]), let minor = Int(parts[1]), major > 0, minor >= 0 else { return nil }
        self.init(major: major, minor: minor)
    }

    static func < (left: Self, right: Self) -> Bool { (left.major, left.minor) < (right.major, right.minor) }

    var hasLimitPerIndex: Bool { self >= Self.usual }

    /// What the file needs, for people.
    var need: String {
        let floor = hasLimitPerIndex ? Self.usual : Self.oldest
        let other = hasLimitPerIndex ? " (for an older one, export it with --kubernetes \(Self.oldest))" : ""
        return "\(floor) or newer\(other)"
    }
}

extension KubernetesVersion: CustomStringConvertible {
    var description: String { "\(major).\(minor)" }
}
