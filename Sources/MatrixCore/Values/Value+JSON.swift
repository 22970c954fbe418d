internal import Foundation

extension Value: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let flag = try? container.decode(Bool.self) {
            self = .bool(flag)
        } else if let number = try? container.decode(Int.self) {
            self = .int(number)
        } else if let number = try? container.decode(Double.self) {
            self = .double(number)
        } else if let text = try? container.decode(String.self) {
            self = .string(text)
        } else if let elements = try? container.decode([Value].self) {
            self = .list(elements)
        } else {
            self = .map(try container.decode([String: Value].self))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let flag): try container.encode(flag)
        case .int(let number): try container.encode(number)
        case .double(let number): try container.encode(number)
        case .string(let text): try container.encode(text)
        case .list(let elements): try container.encode(elements)
        case .map(let members): try container.encode(members)
        }
    }

    /// Compact JSON with sorted keys, one line.
    public var json: String { JSON.text(self) }

    /// Reads JSON text; nil if it is not JSON.
    public init?(json: String) {
        guard let value = try? JSON.decode(Value.self, from: Array(json.utf8)) else { return nil }
        self = value
    }
}

/// JSON as `matrix` writes it everywhere: sorted keys, slashes bare.
public enum JSON {
    /// One line of JSON for a value; an empty object if it cannot be encoded (a number that is not finite).
    public static func text(_ value: some Encodable) -> String {
        (try? String(decoding: encode(value), as: UTF8.self)) ?? "{}"
    }

    /// The bytes of a value, on one line or indented for people.
    public static func encode(_ value: some Encodable, pretty: Bool = false) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting =
            pretty ? [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted] : [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(value))
    }

    /// The most lists and objects inside each other: everything that reads a value calls itself for each level.
    static let deepest = 200

    /// Reads a value of the given type.
    /// - Throws: `DecodingError` if it is not JSON, is another type, or is nested too deeply.
    public static func decode<T: Decodable>(_ type: T.Type, from bytes: [UInt8]) throws -> T {
        guard isShallow(bytes) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: [], debugDescription: "more than \(deepest) lists and objects are inside each other"))
        }
        return try JSONDecoder().decode(type, from: Data(bytes))
    }

    /// Whether brackets outside of strings nest no deeper than the limit; what is not JSON may be either.
    private static func isShallow(_ bytes: [UInt8]) -> Bool {
        var depth = 0
        var isInString = false
        var isEscaped = false
        for byte in bytes {
            if isEscaped {
                isEscaped = false
            } else if isInString {
                isEscaped = byte == UInt8(ascii: "\\")
                isInString = byte != UInt8(ascii: "\"")
            } else {
                switch byte {
                case UInt8(ascii: "\""): isInString = true
                case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
                case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
                default: continue
                }
                if depth > deepest { return false }
            }
        }
        return true
    }
}
