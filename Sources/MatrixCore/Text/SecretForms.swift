internal import Foundation

/// The forms in which tools print a secret again.
enum SecretForms {
    static func all(of secret: String) -> [String] {
        let json = String(JSON.text(secret).dropFirst().dropLast())
        let forms =
            base64(of: secret) + percentEncoded(secret) + [
                json, json.replacing("/", with: "\\/"), asciiJSON(json), ShellQuoting.quote(secret),
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

    /// Alone, and at each of the three places that it can have within a longer text such as `user:secret`, without the
    /// letters that its neighbours have a part in.
    private static func base64(of secret: String) -> [String] {
        let alone = Data(secret.utf8).base64EncodedString()
        let within = (0...2).map { offset in
            let count = offset + secret.utf8.count
            let text = (Data(repeating: 0, count: offset) + Data(secret.utf8)).base64EncodedString()
            return String(text.prefix(count * 8 / 6).dropFirst((offset * 8 + 5) / 6))
        }
        let forms = [alone, alone.filter { $0 != "=" }] + within.filter { $0.count >= 8 }
        return forms + forms.map { $0.replacing("+", with: "-").replacing("/", with: "_") }
    }

    private static func percentEncoded(_ secret: String) -> [String] {
        let unreserved = CharacterSet(charactersIn: "-._~").union(.asciiAlphanumerics)
        let forms = [CharacterSet.asciiAlphanumerics, unreserved, .urlQueryAllowed].compactMap {
            secret.addingPercentEncoding(withAllowedCharacters: $0)
        }
        return forms + forms.map { $0.replacing("%20", with: "+") } + forms.map(lowercasedEscapes)
    }

    private static func lowercasedEscapes(_ text: String) -> String {
        text.replacing(/%[0-9A-F]{2}/) { $0.output.lowercased() }
    }

    /// As Python's `json.dumps` writes it: everything beyond ASCII escaped.
    private static func asciiJSON(_ json: String) -> String {
        json.utf16.map { unit in
            if unit < 0x80 { return String(UnicodeScalar(UInt8(unit))) }
            let digits = String(unit, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }.joined()
    }
}

extension CharacterSet {
    fileprivate static let asciiAlphanumerics = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
}
