/// What becomes of an instance that is made.
public enum FakeLinodeFate: Sendable {
    /// It boots and runs.
    case runs
    /// It stays `provisioning`.
    case staysProvisioning
    /// It is made, and its boot fails.
    case failsToBoot
    /// It runs, and refuses SSH for so many seconds; needs hosts.
    case refusesSSH(seconds: Int)
    /// It runs with other host keys than those of its user data, after having refused SSH for so many seconds; needs hosts.
    case changesHostKeys(seconds: Int)
}
