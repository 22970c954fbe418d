internal import Crypto
internal import MatrixWeb

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

    var settings: WebSettings {
        var settings = WebSettings()
        switch self {
        case .system: break
        case .authority(let file): settings.authorities = .file(file)
        case .fingerprint(let expected):
            // A pin used as trust root fails for a leaf that an authority signed, such as Proxmox's: so the leaf itself is compared.
            settings.verification = .none
            settings.examine = { certificate throws(WebFailure) in
                let seen = certificate.map { Array(SHA256.hash(data: $0.bytes)) }
                guard seen != expected else { return }
                throw WebFailure(
                    .certificate, "the certificate has the fingerprint \(seen.map(Self.text) ?? "none"), not \(Self.text(expected))")
            }
        }
        return settings
    }

    private static func text(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined(separator: ":")
    }
}
