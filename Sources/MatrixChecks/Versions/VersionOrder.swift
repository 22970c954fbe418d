import MatrixCore

/// How two versions compare: as the package manager of the host's distribution does it.
enum VersionOrder: Sendable, Hashable {
    /// As `dpkg --compare-versions`.
    case debian
    /// As rpm's `rpmvercmp` over epoch, version and release.
    case rpm

    init(_ packageManager: OperatingSystem.PackageManager) {
        switch packageManager {
        case .apt: self = .debian
        case .dnf: self = .rpm
        }
    }

    /// Below zero if `left` is older, zero if they are the same, above zero if it is newer.
    func compare(_ left: String, _ right: String) -> Int {
        switch self {
        case .debian: DebianVersion(left).compare(to: DebianVersion(right))
        case .rpm: RPMVersion(left).compare(to: RPMVersion(right))
        }
    }

    /// The package manager's name for messages.
    var name: String {
        switch self {
        case .debian: "dpkg"
        case .rpm: "rpm"
        }
    }
}
