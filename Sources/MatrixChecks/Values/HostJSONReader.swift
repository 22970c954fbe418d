/// Reads JSON (RFC 8259) that hosts show; numbers keep their digits.
struct HostJSONReader {
    /// Deeper values are no answer of a program; reading them would take the stack.
    private static let deepest = 512

    private struct Broken: Error {}

    private var rest: ArraySlice<UInt8>

    /// The value of a text; nil if it is not JSON. A byte order mark is allowed.
    static func value(of text: String) -> HostValue? {
        var reader = HostJSONReader(rest: Array(text.utf8)[...])
        if reader.rest.starts(with: [0xef, 0xbb, 0xbf]) { reader.rest = reader.rest.dropFirst(3) }
        guard let value = try? reader.value(depth: 0) else { return nil }
        reader.skipBlanks()
        return reader.rest.isEmpty ? value : nil
    }

    private mutating func skipBlanks() {
        rest = rest.drop { $0 == 0x20 || $0 == 0x0a || $0 == 0x0d || $0 == 0x09 }
    }

    private mutating func take(_ word: String) -> Bool {
        guard rest.starts(with: word.utf8) else { return false }
        rest = rest.dropFirst(word.utf8.count)
        return true
    }

    private mutating func value(depth: Int) throws -> HostValue {
        skipBlanks()
        guard depth <= Self.deepest, let first = rest.first else { throw Broken() }
        switch first {
        case UInt8(ascii: "{"): return try map(depth: depth)
        case UInt8(ascii: "["): return try list(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default:
            if take("null") { return .null }
            if take("true") { return .bool(true) }
            if take("false") { return .bool(false) }
            throw Broken()
        }
    }

    private mutating func list(depth: Int) throws -> HostValue {
        rest = rest.dropFirst()
        skipBlanks()
        if take("]") { return .list([]) }
        var elements: [HostValue] = []
        repeat {
            elements.append(try value(depth: depth + 1))
            skipBlanks()
        } while take(",")
        guard take("]") else { throw Broken() }
        return .list(elements)
    }

    private mutating func map(depth: Int) throws -> HostValue {
        rest = rest.dropFirst()
        skipBlanks()
        if take("}") { return .map([:]) }
        var members: [ExactText: HostValue] = [:]
        repeat {
            skipBlanks()
            guard rest.first == UInt8(ascii: "\"") else { throw Broken() }
            let key = try string()
            skipBlanks()
            guard take(":") else { throw Broken() }
            members.add(try value(depth: depth + 1), as: key)
            skipBlanks()
        } while take(",")
        guard take("}") else { throw Broken() }
        return .map(members)
    }

    private mutating func number() throws -> HostValue {
        let bytes = rest.prefix { byte in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "+-.eE".utf8.contains(byte)
        }
        rest = rest.dropFirst(bytes.count)
        let text = String(decoding: bytes, as: UTF8.self)
        guard Self.isNumber(bytes) else { throw Broken() }
        guard let value = ExactNumber(text) else {
            return .unclear(UnclearScalar(text: text, why: "the number is too large to compare it exactly"))
        }
        return .number(HostNumber(value, written: text))
    }

    /// JSON's own grammar is narrower than that of ``ExactNumber``: no `+1`, `01`, `.5`, `1.`.
    private static func isNumber(_ bytes: ArraySlice<UInt8>) -> Bool {
        func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
        var rest = bytes.first == UInt8(ascii: "-") ? bytes.dropFirst() : bytes
        let whole = rest.prefix(while: isDigit)
        guard !whole.isEmpty, whole.count == 1 || whole.first != UInt8(ascii: "0") else { return false }
        rest = rest.dropFirst(whole.count)
        if rest.first == UInt8(ascii: ".") {
            let fraction = rest.dropFirst().prefix(while: isDigit)
            guard !fraction.isEmpty else { return false }
            rest = rest.dropFirst(1 + fraction.count)
        }
        guard rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") else { return rest.isEmpty }
        rest = rest.dropFirst()
        if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        return !rest.isEmpty && rest.allSatisfy(isDigit)
    }

    private mutating func string() throws -> String {
        rest = rest.dropFirst()
        var bytes: [UInt8] = []
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: bytes, as: UTF8.self)
            case UInt8(ascii: "\\"): bytes += try escape()
            case 0..<0x20: throw Broken()
            default: bytes.append(byte)
            }
        }
        throw Broken()
    }

    private mutating func escape() throws -> [UInt8] {
        guard let letter = rest.popFirst() else { throw Broken() }
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [letter]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0c]
        case UInt8(ascii: "n"): return [0x0a]
        case UInt8(ascii: "r"): return [0x0d]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"): return Array(String(Character(try scalar())).utf8)
        default: throw Broken()
        }
    }

    /// A code point beyond the first 65,536 is written as two halves.
    private mutating func scalar() throws -> Unicode.Scalar {
        let first = try unit()
        guard (0xd800...0xdbff).contains(first) else {
            guard let scalar = Unicode.Scalar(first) else { throw Broken() }
            return scalar
        }
        guard take("\\u") else { throw Broken() }
        let second = try unit()
        guard (0xdc00...0xdfff).contains(second), let scalar = Unicode.Scalar(0x10000 + (first - 0xd800) << 10 + (second - 0xdc00)) else {
            throw Broken()
        }
        return scalar
    }

    private mutating func unit() throws -> UInt32 {
        let digits = rest.prefix(4)
        guard digits.count == 4, digits.first != UInt8(ascii: "+"), let unit = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
        else {
            throw Broken()
        }
        rest = rest.dropFirst(4)
        return unit
    }
}
