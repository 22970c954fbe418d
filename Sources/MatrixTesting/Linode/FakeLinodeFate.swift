/// The fate of a new instance.
public enum FakeLinodeFate: Sendable {
    /// It boots and runs.
    case runs
    /// It stays `provisioning`.
    case staysProvisioning
    /// It is made, and its boot fails.
    case failsToBoot
    /// It runs, and refuses SSH for this many seconds; needs hosts.
    case refusesSSH(seconds: Int)
    /// It runs with other host keys than those of its user data, and refuses SSH for this many seconds; needs hosts.
    case changesHostKeys(seconds: Int)
}
