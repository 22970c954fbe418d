internal import Crypto
internal import NIOSSL

/// How the server's certificate is verified.
enum ServerTrust: Sendable, Hashable {
    /// By the system's certification authorities.
    case system
    /// By the authorities in a PEM file.
    case authority(file: String)
    /// By its SHA-256 alone, whoever signed it; 32 bytes.
    case fingerprint([UInt8])

    /// Reads `AA:BB:…` or the same without colons; nil if it is not a SHA-256.
    static func fingerprint(text: String) -> ServerTrust? {
        let digits = text.filter { $0 != ":" && $0 != " " }
        guard digits.count == 64 else { return nil }
        var bytes: [UInt8] = []
        var rest = Substring(digits)
        while !rest.isEmpty {
            guard let byte = UInt8(rest.prefix(2), radix: 16) else { return nil }
            bytes.append(byte)
            rest = rest.dropFirst(2)
        }
        return .fingerprint(bytes)
    }

    func configuration() throws -> TLSConfiguration {
        var tls = TLSConfiguration.makeClientConfiguration()
        switch self {
        case .system: break
        case .authority(let file): tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(file))
        // A pin used as trust root fails for a leaf that an authority signed, such as Proxmox's: so the leaf itself is compared.
        case .fingerprint: tls.certificateVerification = .none
        }
        return tls
    }

    /// The difference, if the certificate that the server showed is not the pinned one.
    func mismatch(of certificate: NIOSSLCertificate?) -> FingerprintMismatch? {
        guard case .fingerprint(let expected) = self else { return nil }
        guard let bytes = try? certificate?.toDERBytes() else { return FingerprintMismatch(expected: Self.text(expected), seen: "no certificate") }
        let seen = Array(SHA256.hash(data: bytes))
        return seen == expected ? nil : FingerprintMismatch(expected: Self.text(expected), seen: Self.text(seen))
    }

    private static func text(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined(separator: ":")
    }
}
