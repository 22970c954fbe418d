/// Reads the plain files of tar archives that follow each other (POSIX ustar and pax, GNU's long names). Folders, links and devices
/// are skipped.
struct TarReader {
    /// A file; its content follows by ``content()``.
    struct Entry {
        /// As the archive has it: it may be absolute, and hold `..` and control characters.
        var name: String
        var size: Int
    }

    private static let block = 512
    /// No path of Linux is longer; pax headers hold other attributes, too.
    private static let longestHeader = 1 << 20

    private var reader: PieceReader
    /// Bytes of the current entry that were not read, and the padding behind them.
    private var left = 0
    private var padding = 0
    /// Whether the last archive has ended, or none has begun.
    private var isClosed = true
    /// Whether the archive broke off, or is none.
    private(set) var isBroken = false

    init(_ reader: PieceReader) {
        self.reader = reader
    }

    /// The next file, after the content of the one before; nil at the end.
    mutating func next() -> Entry? {
        var name: String?
        var size: Int?
        while !isBroken {
            skip()
            guard let header = reader.bytes(Self.block) else {
                isBroken = !isClosed
                return nil
            }
            // Zeros end an archive; another may follow.
            isClosed = header.allSatisfy { $0 == 0 }
            if isClosed { continue }
            guard Self.isValid(header), let length = Self.number(header[124..<136]) else { break }
            (left, padding) = (length, (Self.block - length % Self.block) % Self.block)
            switch header[156] {
            case UInt8(ascii: "L"):
                guard let text = longText() else { break }
                name = Self.text(text[...])
            case UInt8(ascii: "x"):
                guard let text = longText() else { break }
                let attributes = Self.attributes(text)
                name = attributes["path"] ?? name
                size = attributes["size"].flatMap { Int($0) } ?? size
            case UInt8(ascii: "K"), UInt8(ascii: "g"): continue
            case 0, UInt8(ascii: "0"), UInt8(ascii: "7"):
                if let size, size >= 0 { (left, padding) = (size, (Self.block - size % Self.block) % Self.block) }
                return Entry(name: name ?? Self.name(header), size: left)
            default: (name, size) = (nil, nil)
            }
        }
        isBroken = true
        return nil
    }

    /// A piece of the current file; nil at its end.
    mutating func content() -> ArraySlice<UInt8>? {
        guard left > 0 else { return nil }
        guard let piece = reader.piece(atMost: left) else {
            (left, isBroken) = (0, true)
            return nil
        }
        left -= piece.count
        return piece
    }

    private mutating func skip() {
        while content() != nil {}
        if !isBroken, padding > 0 { _ = reader.bytes(padding) }
        padding = 0
    }

    private mutating func longText() -> [UInt8]? {
        guard left <= Self.longestHeader, let bytes = reader.bytes(left) else {
            isBroken = true
            return nil
        }
        left = 0
        return bytes
    }

    /// Whether its checksum fits: the sum of its bytes, with blanks in place of the checksum.
    private static func isValid(_ header: [UInt8]) -> Bool {
        let sum = header.enumerated().reduce(0) { $0 + ((148..<156).contains($1.offset) ? 0x20 : Int($1.element)) }
        return number(header[148..<156]) == sum
    }

    private static func name(_ header: [UInt8]) -> String {
        let (name, prefix) = (text(header[0..<100]), text(header[345..<500]))
        // GNU has times where POSIX has the beginning of the name.
        let isPOSIX = header[257..<263].elementsEqual("ustar\0".utf8)
        return isPOSIX && !prefix.isEmpty ? "\(prefix)/\(name)" : name
    }

    private static func text(_ field: ArraySlice<UInt8>) -> String { String(decoding: field.prefix { $0 != 0 }, as: UTF8.self) }

    /// Octal digits, or GNU's binary form for more than 8 GiB.
    private static func number(_ field: ArraySlice<UInt8>) -> Int? {
        guard let first = field.first else { return nil }
        if first == 0x80 {
            let bytes = field.dropFirst()
            guard bytes.dropLast(7).allSatisfy({ $0 == 0 }) else { return nil }
            return bytes.suffix(7).reduce(0) { $0 << 8 | Int($1) }
        }
        let digits = String(decoding: field.filter { $0 != 0 && $0 != 0x20 }, as: UTF8.self)
        return digits.isEmpty ? 0 : Int(digits, radix: 8).flatMap { $0 < 0 ? nil : $0 }
    }

    /// Records of a pax header: `LENGTH KEY=VALUE` and a newline.
    private static func attributes(_ bytes: [UInt8]) -> [String: String] {
        var attributes: [String: String] = [:]
        var rest = bytes[...]
        while let blank = rest.firstIndex(of: 0x20), let length = Int(String(decoding: rest[..<blank], as: UTF8.self)),
            length > blank - rest.startIndex + 1, length <= rest.count
        {
            let record = rest[(blank + 1)..<(rest.startIndex + length)].dropLast()
            if let equals = record.firstIndex(of: UInt8(ascii: "=")) {
                attributes[String(decoding: record[..<equals], as: UTF8.self)] = String(
                    decoding: record[(equals + 1)...], as: UTF8.self)
            }
            rest = rest[(rest.startIndex + length)...]
        }
        return attributes
    }
}
