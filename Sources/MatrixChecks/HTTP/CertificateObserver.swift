internal import Glibc
import MatrixCore
internal import MatrixWeb
internal import Synchronization

/// Looks at a server's certificate before the request is sent: compares its names and keeps its expiry date.
///
/// NIOSSL also accepts a certificate for the address that it connected to. Over a forward that is 127.0.0.1 for every URL.
/// So this type compares the names (RFC 6125, without the common name), and NIOSSL verifies the chain.
final class CertificateObserver: Sendable {
    private let name: String
    private let isVerified: Bool
    private let seen = Mutex<Timestamp?>(nil)

    init(name: String, isVerified: Bool) {
        self.name = name
        self.isVerified = isVerified
    }

    /// When the certificate expires; nil before a handshake.
    var end: Timestamp? { seen.withLock { $0 } }

    @Sendable func observe(_ certificate: ServerCertificate?) throws(WebFailure) {
        seen.withLock { $0 = certificate?.end }
        guard isVerified else { return }
        let names = certificate.map { CertificateNames(certificate: $0.bytes) }
        let hosts = names?.hosts ?? []
        if let address = Self.address(name) {
            if names?.addresses.contains(address) == true { return }
        } else if hosts.contains(where: { Self.fits(name, $0) }) {
            return
        }
        let there = hosts.isEmpty ? "no name" : hosts.prefix(10).joined(separator: ", ")
        throw WebFailure(.certificate, "the certificate is not for \(name), but for \(there)")
    }

    /// A `*` stands for the whole first label, and only for that.
    static func fits(_ name: String, _ pattern: String) -> Bool {
        // Some letters beyond ASCII have a small form within it.
        guard name.utf8.allSatisfy({ $0 < 0x80 }), pattern.utf8.allSatisfy({ $0 < 0x80 }) else { return false }
        let name = name.lowercased().split(separator: ".")
        let pattern = pattern.lowercased().split(separator: ".")
        guard name.count == pattern.count, !name.isEmpty else { return false }
        if name == pattern { return true }
        return pattern[0] == "*" && pattern.count > 2 && name.dropFirst() == pattern.dropFirst()
    }

    /// The bytes of an IPv4 or IPv6 address; nil for a name.
    static func address(_ text: String) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &bytes) == 1 { return Array(bytes.prefix(4)) }
        return inet_pton(AF_INET6, text, &bytes) == 1 ? bytes : nil
    }
}
