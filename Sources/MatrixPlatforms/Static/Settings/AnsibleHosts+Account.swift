internal import Foundation

extension AnsibleHosts {
    /// The account that runs `matrix`, as whom OpenSSH logs in where nobody says otherwise.
    static var account: String { NSUserName() }
    static var home: String? { ProcessInfo.processInfo.environment["HOME"] }
}
