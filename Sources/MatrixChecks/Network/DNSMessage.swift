/// Questions to a name server and its answers (RFC 1035, RFC 3596, RFC 2782, RFC 8659).
struct DNSMessage: Sendable {
    /// The kinds of records that can be asked for.
    enum Kind: UInt16, Sendable, CaseIterable {
        case a = 1
        case ns = 2
        case cname = 5
        case soa = 6
        case ptr = 12
        case mx = 15
        case txt = 16
        case aaaa = 28
        case srv = 33
        case caa = 257

        /// `AAAA`.
        var name: String { "\(self)".uppercased() }

        init?(name: String) {
            guard let kind = Self.allCases.first(where: { $0.name == name.uppercased() }) else { return nil }
            self = kind
        }
    }

    /// The answer's code: 0 means no error, 3 that the name does not exist.
    let code: Int
    let isCut: Bool
    /// The records of the answer section by their kind, as people write them: `10 mail.example.org`.
    let records: [(kind: Kind, text: String)]

    static let codes = [0: "NOERROR", 1: "FORMERR", 2: "SERVFAIL", 3: "NXDOMAIN", 4: "NOTIMP", 5: "REFUSED"]
    var codeName: String { Self.codes[code] ?? "code \(code)" }

    /// The bytes of a question; nil if the name is not valid.
    ///
    /// It asks for recursion, and accepts an answer of 4096 bytes in one datagram (RFC 6891).
    static func question(_ name: String, _ kind: Kind, id: UInt16) -> [UInt8]? {
        let labels = name.split(separator: ".").map { Array($0.utf8) }
        guard !labels.isEmpty, labels.allSatisfy({ $0.count < 64 }), labels.reduce(1, { $0 + $1.count + 1 }) <= 255 else { return nil }
        let header = number(id) + [1, 0, 0, 1, 0, 0, 0, 0, 0, 1] as [UInt8]
        let coded = labels.reduce(into: [UInt8]()) { $0 += [UInt8($1.count)] + $1 }
        let extensions: [UInt8] = [0, 0, 41, 0x10, 0, 0, 0, 0, 0, 0, 0]
        return header + coded + [0] + number(kind.rawValue) + [0, 1] as [UInt8] + extensions
    }

    private static func number(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 0xff)] }

    /// The name under which an address is looked up; nil for anything else.
    static func reverse(_ address: String) -> String? {
        let parts = address.split(separator: ".", omittingEmptySubsequences: false)
        if parts.count == 4, parts.allSatisfy({ UInt8($0) != nil }) { return parts.reversed().joined(separator: ".") + ".in-addr.arpa" }
        guard let bytes = IPv6Text.bytes(address) else { return nil }
        let digits = bytes.flatMap { [String($0 >> 4, radix: 16), String($0 & 15, radix: 16)] }
        return digits.reversed().joined(separator: ".") + ".ip6.arpa"
    }

    /// Nil if the bytes are not an answer to the question with this id.
    init?(_ bytes: [UInt8], id: UInt16) {
        var reader = Reader(bytes: bytes)
        guard let answered = reader.number(2), answered == Int(id), let flags = reader.number(2), flags & 0x8000 != 0 else { return nil }
        guard let questions = reader.number(2), let answers = reader.number(2), reader.number(4) != nil else { return nil }
        code = flags & 15
        isCut = flags & 0x0200 != 0
        for _ in 0..<questions { guard reader.name() != nil, reader.number(4) != nil else { return nil } }
        var records: [(kind: Kind, text: String)] = []
        for _ in 0..<answers {
            guard reader.name() != nil, let type = reader.number(2), reader.number(6) != nil, let length = reader.number(2),
                let data = reader.part(length)
            else { break }
            if let kind = Kind(rawValue: UInt16(type)), let text = Self.text(data, kind) { records.append((kind, text)) }
        }
        self.records = records
    }

    private static func text(_ data: Reader, _ kind: Kind) -> String? {
        var data = data
        let bytes = data.rest
        switch kind {
        case .a: return bytes.count == 4 ? bytes.map { "\($0)" }.joined(separator: ".") : nil
        case .aaaa: return bytes.count == 16 ? IPv6Text.text(Array(bytes)) : nil
        case .ns, .cname, .ptr: return data.name()
        case .soa: return [data.name(), data.name()].compactMap(\.self).joined(separator: " ")
        case .mx: return data.number(2).flatMap { preference in data.name().map { "\(preference) \($0)" } }
        case .srv:
            guard let priority = data.number(2), let weight = data.number(2), let port = data.number(2), let name = data.name() else {
                return nil
            }
            return "\(priority) \(weight) \(port) \(name)"
        case .txt:
            var text = ""
            while let length = data.number(1), let part = data.part(length) { text += String(decoding: part.rest, as: UTF8.self) }
            return text
        case .caa:
            guard let flags = data.number(1), let length = data.number(1), let tag = data.part(length) else { return nil }
            return "\(flags) \(String(decoding: tag.rest, as: UTF8.self)) \(String(decoding: data.rest, as: UTF8.self))"
        }
    }
}

extension DNSMessage {
    /// Reads a message without trust: an answer from outside may be truncated or wrong.
    fileprivate struct Reader {
        private let bytes: [UInt8]
        private var position = 0
        private var end: Int

        init(bytes: [UInt8]) {
            self.bytes = bytes
            end = bytes.count
        }

        /// A name may reach beyond the part that it began in.
        var rest: ArraySlice<UInt8> { bytes[min(position, end)..<end] }

        mutating func number(_ count: Int) -> Int? {
            guard position + count <= end else { return nil }
            defer { position += count }
            return bytes[position..<position + count].reduce(0) { $0 << 8 | Int($1) }
        }

        /// A reader of the next bytes only, which can still follow pointers into the whole message.
        mutating func part(_ count: Int) -> Reader? {
            guard position + count <= end else { return nil }
            var part = self
            part.end = position + count
            position += count
            return part
        }

        /// A name without its last dot; `.` for the root.
        mutating func name() -> String? {
            var labels: [String] = []
            var place = position
            var jumps = 0
            while place < bytes.count {
                let length = Int(bytes[place])
                if length >= 0xc0 {
                    guard place + 1 < bytes.count, jumps < 32 else { return nil }
                    if jumps == 0 { position = place + 2 }
                    place = (length & 0x3f) << 8 | Int(bytes[place + 1])
                    jumps += 1
                    continue
                }
                guard length < 64, place + 1 + length <= bytes.count else { return nil }
                if length == 0 {
                    if jumps == 0 { position = place + 1 }
                    return labels.isEmpty ? "." : labels.joined(separator: ".")
                }
                labels.append(String(decoding: bytes[place + 1..<place + 1 + length], as: UTF8.self))
                place += 1 + length
            }
            return nil
        }
    }
}
