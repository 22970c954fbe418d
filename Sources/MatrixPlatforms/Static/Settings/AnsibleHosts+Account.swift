internal import Foundation

extension AnsibleHosts {
    /// The account that runs `matrix`: OpenSSH logs in as this account by default.
    static var account: String { NSUserName() }
    static var home: String? { ProcessInfo.processInfo.environment["HOME"] }
}
