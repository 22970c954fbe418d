import Glibc

/// The account that this program runs as.
struct Account: Sendable {
    var name: String

    static let current: Account = {
        guard let entry = getpwuid(geteuid()), let name = entry.pointee.pw_name else { return Account(name: "\(geteuid())") }
        return Account(name: String(cString: name))
    }()
}
