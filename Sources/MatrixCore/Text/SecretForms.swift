internal import Foundation

/// One text as which a secret can be printed.
struct SecretForm: Sendable, Hashable {
    let bytes: [UInt8]
    /// Whether it is hidden only as a whole line or a quoted value: it is too short to be looked for within words.
    let isWholeOnly: Bool

    /// Whether it is found although line breaks divide it.
    var isDivisible: Bool { bytes.count >= SecretForms.longLine || bytes.contains(0x0a) }
}

/// The forms in which tools print a secret again.
enum SecretForms {
    /// From this length on, a line of a secret is hidden everywhere.
    static let longLine = 8

    /// A secret and each of its lines, in all forms.
    static func all(of secret: String) -> [SecretForm] {
        let whole = Set([secret, secret.trimmingCharacters(in: .whitespacesAndNewlines), PlainText.clean(secret)])
        let lines = secret.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
        let found = whole.flatMap { bytes(of: $0).map { SecretForm(bytes: $0, isWholeOnly: false) } }
        guard lines.count > 1 else { return found }
        return found + Set(lines).flatMap { bytes(of: $0).map { SecretForm(bytes: $0, isWholeOnly: $0.count < longLine) } }
    }

    /// As bytes: to a set of texts, a letter and its decomposed form are one. The newline at its end is no part of it.
    private static func bytes(of secret: String) -> [[UInt8]] {
        guard secret.count >= Redactor.minimumLength else { return [] }
        let texts = [secret] + encoded(secret)
        return (texts.map { Array($0.utf8) } + [utf16(secret, \.littleEndian), utf16(secret, \.bigEndian)])
            .filter { $0.count >= Redactor.minimumLength && $0.last != 0x0a }
    }

    private static func encoded(_ secret: String) -> [String] {
        let json = String(JSON.text(secret).dropFirst().dropLast())
        let forms =
            base64(of: secret) + percentEncoded(secret) + htmlEscaped(secret) + python(secret) + [
                json, json.replacing("/", with: "\\/"), asciiJSON(json), goJSON(json), ShellQuoting.quote(secret),
                secret.replacing("'", with: "'\"'\"'"),
                secret.utf8.hexadecimal, secret.utf8.hexadecimal.uppercased(),
                secret.precomposedStringWithCanonicalMapping, secret.decomposedStringWithCanonicalMapping,
            ]
        return forms + (forms + [secret]).flatMap(quotedWithin)
    }

    /// Within a longer word that a shell's command line quotes; the line for a folder, for another account and for ssh quote it again.
    private static func quotedWithin(_ text: String) -> [String] {
        guard text.unicodeScalars.contains("'") else { return [] }
        return sequence(first: text) { String(ShellQuoting.quote($0).unicodeScalars.dropFirst().dropLast()) }
            .dropFirst().prefix(4).map(\.self)
    }

    /// Alone, alone and encoded again, and at each of the three places that it can have within a longer text such as `user:secret`,
    /// without the letters that its neighbours have a part in.
    private static func base64(of secret: String) -> [String] {
        let alone = Data(secret.utf8).base64EncodedString()
        let within = (0...2).map { offset in
            let count = offset + secret.utf8.count
            let text = (Data(repeating: 0, count: offset) + Data(secret.utf8)).base64EncodedString()
            return String(text.prefix(count * 8 / 6).dropFirst((offset * 8 + 5) / 6))
        }
        let twice = Data(alone.utf8).base64EncodedString()
        let forms = [alone, twice].flatMap { [$0, $0.filter { $0 != "=" }] } + within.filter { $0.count >= longLine }
        return forms + forms.map { $0.replacing("+", with: "-").replacing("/", with: "_") }
    }

    private static func percentEncoded(_ secret: String) -> [String] {
        // Of all but letters and digits, RFC 3986, Python, JavaScript, and within a query.
        let kept = ["", "-._~", "-._~/", "-._~!*'()"].map { CharacterSet(charactersIn: $0).union(.asciiAlphanumerics) }
        let forms = (kept + [.urlQueryAllowed]).compactMap { secret.addingPercentEncoding(withAllowedCharacters: $0) }
        return forms + forms.map { $0.replacing("%20", with: "+") } + forms.map(lowercasedEscapes)
    }

    private static func lowercasedEscapes(_ text: String) -> String {
        text.replacing(/%[0-9A-F]{2}/) { $0.output.lowercased() }
    }

    /// Within text; and in attributes, with the quotes as Python, Jinja and Go, PHP, and XML write them.
    private static func htmlEscaped(_ secret: String) -> [String] {
        let text = secret.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
        let quotes = [("\"", "'"), ("&quot;", "'"), ("&quot;", "&#x27;"), ("&#34;", "&#39;"), ("&quot;", "&#39;"), ("&quot;", "&apos;")]
        return quotes.map { text.replacing("\"", with: $0.0).replacing("'", with: $0.1) }
    }

    /// As Python's `repr` and `ascii` write it, with or without the single quotes escaped.
    private static func python(_ secret: String) -> [String] {
        func escaped(_ scalar: Unicode.Scalar, isASCII: Bool) -> String {
            switch scalar {
            case "\\": "\\\\"
            case "\n": "\\n"
            case "\r": "\\r"
            case "\t": "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7f || isASCII && (0x80...0xff).contains(scalar.value):
                "\\x" + digits(scalar.value, 2)
            case _ where isASCII && scalar.value > 0xffff: "\\U" + digits(scalar.value, 8)
            case _ where isASCII && scalar.value > 0xff: "\\u" + digits(scalar.value, 4)
            default: String(scalar)
            }
        }
        let forms = [false, true].map { isASCII in secret.unicodeScalars.map { escaped($0, isASCII: isASCII) }.joined() }
        return forms + forms.map { $0.replacing("'", with: "\\'") }
    }

    /// As Python's `json.dumps` writes it: everything beyond ASCII escaped.
    private static func asciiJSON(_ json: String) -> String {
        json.utf16.map { $0 < 0x80 ? String(UnicodeScalar(UInt8($0))) : "\\u" + digits(UInt32($0), 4) }.joined()
    }

    /// As Go's `encoding/json` writes it, so that it can stand in HTML.
    private static func goJSON(_ json: String) -> String {
        json.replacing("<", with: "\\u003c").replacing(">", with: "\\u003e").replacing("&", with: "\\u0026")
    }

    private static func utf16(_ secret: String, _ order: (UInt16) -> UInt16) -> [UInt8] {
        secret.utf16.flatMap { unit in withUnsafeBytes(of: order(unit)) { Array($0) } }
    }

    private static func digits(_ number: UInt32, _ count: Int) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: max(0, count - digits.count)) + digits
    }
}

extension CharacterSet {
    fileprivate static let asciiAlphanumerics = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
}
