internal import Glibc
import MatrixCore
internal import NIOCore
internal import NIOSSL
internal import Synchronization

/// Looks at a server's certificate before the request is sent: compares its names and keeps when it ends.
///
/// NIOSSL's own comparison also takes a certificate for the address that it connected to. Over a forward that is 127.0.0.1,
/// whatever the URL says, so names are compared here (RFC 6125, without the common name); the chain is verified there.
final class CertificateObserver: Sendable {
    struct NamesDiffer: Error {
        var names: [String]
    }

    private let name: String
    private let isVerified: Bool
    private let seen = Mutex<Timestamp?>(nil)

    init(name: String, isVerified: Bool) {
        self.name = name
        self.isVerified = isVerified
    }

    /// When the certificate ends; nil before a handshake.
    var end: Timestamp? { seen.withLock { $0 } }

    /// A future that fails keeps the request from being sent.
    @Sendable func observe(_ channel: any Channel) -> EventLoopFuture<Void> {
        channel.nioSSL_peerCertificate().flatMapThrowing { certificate in
            guard let certificate else { throw NamesDiffer(names: []) }
            let end = Timestamp(seconds: Double(certificate.notValidAfter))
            self.seen.withLock { $0 = end }
            if self.isVerified { try self.verify(certificate) }
        }
    }

    private func verify(_ certificate: NIOSSLCertificate) throws {
        let names = CertificateNames(certificate: try certificate.toDERBytes())
        if let address = Self.address(name) {
            if names.addresses.contains(address) { return }
        } else if names.hosts.contains(where: { Self.fits(name, $0) }) {
            return
        }
        throw NamesDiffer(names: names.hosts)
    }

    /// A `*` stands for the whole first label, and only for that.
    static func fits(_ name: String, _ pattern: String) -> Bool {
        let name = name.lowercased().split(separator: ".")
        let pattern = pattern.lowercased().split(separator: ".")
        guard name.count == pattern.count, !name.isEmpty else { return false }
        if name == pattern { return true }
        return pattern[0] == "*" && pattern.count > 2 && name.dropFirst() == pattern.dropFirst()
    }

    /// The bytes of an IPv4 or IPv6 address; nil for a name.
    private static func address(_ text: String) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &bytes) == 1 { return Array(bytes.prefix(4)) }
        return inet_pton(AF_INET6, text, &bytes) == 1 ? bytes : nil
    }
}
