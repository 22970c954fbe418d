/// The set of Unicode scalars that one place of a regular expression accepts.
struct ScalarClass: Sendable, Hashable {
    /// A part of the set.
    enum Member: Sendable, Hashable {
        case range(ClosedRange<UInt32>)
        /// `\d`: decimal digits of any script.
        case digit
        /// `\w`: letters, marks, decimal digits and `_`.
        case word
        /// `\s`: white space of any script.
        case space
        /// `\p{L}`, by the general category's short name or its first letter.
        case category(String)
        indirect case not(ScalarClass)
    }

    var members: [Member]
    var isNegated = false
    var ignoresCase = false

    static let digit = ScalarClass(members: [.digit])
    static let word = ScalarClass(members: [.word])
    static let space = ScalarClass(members: [.space])
    /// `.`: all but ends of lines.
    static let anyButNewline = ScalarClass(members: [.range(0x0a...0x0a), .range(0x0d...0x0d)], isNegated: true)
    static let any = ScalarClass(members: [.range(0...0x10ffff)])

    static func scalar(_ scalar: Unicode.Scalar) -> ScalarClass { ScalarClass(members: [.range(scalar.value...scalar.value)]) }

    /// The complement.
    var inverted: ScalarClass { ScalarClass(members: [.not(self)]) }

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        holds(scalar) != isNegated
    }

    private func holds(_ scalar: Unicode.Scalar) -> Bool {
        if members.contains(where: { Self.member($0, has: scalar) }) { return true }
        guard ignoresCase else { return false }
        return [scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping].contains { mapping in
            let scalars = mapping.unicodeScalars
            guard let other = scalars.first, scalars.count == 1, other != scalar else { return false }
            return members.contains { Self.member($0, has: other) }
        }
    }

    private static func member(_ member: Member, has scalar: Unicode.Scalar) -> Bool {
        switch member {
        case .range(let range): range.contains(scalar.value)
        case .digit: scalar.isASCII ? ("0"..."9").contains(scalar) : scalar.properties.generalCategory == .decimalNumber
        case .word: isWord(scalar)
        case .space: scalar.properties.isWhitespace
        case .category(let name): shortName(scalar).hasPrefix(name)
        case .not(let other): !other.contains(scalar)
        }
    }

    /// Whether a scalar is part of a word, for `\w` and `\b`.
    static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x30...0x39, 0x41...0x5a, 0x5f, 0x61...0x7a: true
        case 0..<0x80: false
        default: scalar.properties.isAlphabetic || ["Nd", "Mn", "Mc", "Me", "Pc"].contains(shortName(scalar))
        }
    }

    private static func shortName(_ scalar: Unicode.Scalar) -> String { names[scalar.properties.generalCategory] ?? "Cn" }

    /// The general categories that `\p{…}` knows (UAX #44, table 12).
    static let names: [Unicode.GeneralCategory: String] = [
        .uppercaseLetter: "Lu", .lowercaseLetter: "Ll", .titlecaseLetter: "Lt", .modifierLetter: "Lm", .otherLetter: "Lo",
        .nonspacingMark: "Mn",
        .spacingMark: "Mc", .enclosingMark: "Me", .decimalNumber: "Nd", .letterNumber: "Nl", .otherNumber: "No",
        .connectorPunctuation: "Pc",
        .dashPunctuation: "Pd", .openPunctuation: "Ps", .closePunctuation: "Pe", .initialPunctuation: "Pi", .finalPunctuation: "Pf",
        .otherPunctuation: "Po", .mathSymbol: "Sm", .currencySymbol: "Sc", .modifierSymbol: "Sk", .otherSymbol: "So", .spaceSeparator: "Zs",
        .lineSeparator: "Zl", .paragraphSeparator: "Zp", .control: "Cc", .format: "Cf", .surrogate: "Cs", .privateUse: "Co",
        .unassigned: "Cn",
    ]
}
