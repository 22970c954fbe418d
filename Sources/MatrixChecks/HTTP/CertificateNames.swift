/// The subject alternative names of an X.509 certificate, read from its DER form (RFC 5280, 4.2.1.6).
struct CertificateNames: Sendable, Hashable {
    /// Host names, wildcards among them.
    private(set) var hosts: [String] = []
    /// The bytes of IPv4 and IPv6 addresses.
    private(set) var addresses: [[UInt8]] = []

    /// 2.5.29.17.
    private static let extensionID: [UInt8] = [0x55, 0x1d, 0x11]

    /// Empty if the certificate has no such names or cannot be read.
    init(certificate bytes: [UInt8]) {
        guard let certificate = Element.first(in: bytes[...], tag: 0x30), let body = Element.first(in: certificate.content, tag: 0x30)
        else { return }
        // The extensions are the only part of the body with the context's tag 3.
        guard let wrapper = body.parts.first(where: { $0.tag == 0xa3 }), let list = wrapper.parts.first else { return }
        for entry in list.parts {
            let parts = entry.parts
            guard parts.first?.tag == 0x06, parts.first.map({ Array($0.content) }) == Self.extensionID, let value = parts.last,
                value.tag == 0x04,
                let names = Element.first(in: value.content, tag: 0x30)
            else { continue }
            for name in names.parts {
                switch name.tag {
                case 0x82: hosts.append(String(decoding: name.content, as: UTF8.self))
                case 0x87: addresses.append(Array(name.content))
                default: break
                }
            }
        }
    }
}

extension CertificateNames {
    /// One tag, length and value; all in definite form, as DER has it.
    private struct Element {
        let tag: UInt8
        let content: ArraySlice<UInt8>
        /// What comes behind it.
        let rest: ArraySlice<UInt8>

        init?(_ bytes: ArraySlice<UInt8>) {
            var bytes = bytes
            guard let tag = bytes.popFirst(), let short = bytes.popFirst() else { return nil }
            var length = Int(short)
            if short >= 0x80 {
                let count = Int(short & 0x7f)
                guard (1...4).contains(count), bytes.count >= count else { return nil }
                length = bytes.prefix(count).reduce(0) { $0 << 8 | Int($1) }
                bytes = bytes.dropFirst(count)
            }
            guard bytes.count >= length else { return nil }
            self.tag = tag
            content = bytes.prefix(length)
            rest = bytes.dropFirst(length)
        }

        static func first(in bytes: ArraySlice<UInt8>, tag: UInt8) -> Element? {
            Element(bytes).flatMap { $0.tag == tag ? $0 : nil }
        }

        /// The elements that the content is made of.
        var parts: [Element] {
            var parts: [Element] = []
            var bytes = content
            while let element = Element(bytes) {
                parts.append(element)
                bytes = element.rest
            }
            return parts
        }
    }
}
