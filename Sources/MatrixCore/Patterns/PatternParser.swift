/// Reads regular expressions as people know them from Perl, without what needs backtracking.
///
/// Greedy or lazy makes no difference to whether an expression is found, so `*?` is read as `*`.
struct PatternParser {
    private struct Flags {
        var ignoresCase = false
        var dotTakesNewlines = false
    }

    /// The most that `{n}` may say.
    private static let mostRepetitions = 1000
    private static let deepest = 200

    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var flags = Flags()
    private var depth = 0

    private init(_ text: String) {
        scalars = Array(text.unicodeScalars)
    }

    static func parse(_ text: String) throws(PatternProblem) -> PatternSyntax {
        var parser = PatternParser(text)
        let syntax = try parser.alternatives()
        guard parser.position == parser.scalars.count else { throw PatternProblem() }
        return syntax
    }

    private var next: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    private mutating func take() -> Unicode.Scalar? {
        guard let scalar = next else { return nil }
        position += 1
        return scalar
    }

    private mutating func take(_ text: String) -> Bool {
        let wanted = Array(text.unicodeScalars)
        guard scalars[position...].starts(with: wanted) else { return false }
        position += wanted.count
        return true
    }

    // MARK: Structure

    private mutating func alternatives() throws(PatternProblem) -> PatternSyntax {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.deepest else { throw PatternProblem(unknown: "too many nested groups") }
        let outer = flags
        var choices = [try sequence()]
        while take("|") { choices.append(try sequence()) }
        flags = outer
        return choices.count == 1 ? choices[0] : .choice(choices)
    }

    private mutating func sequence() throws(PatternProblem) -> PatternSyntax {
        var parts: [PatternSyntax] = []
        while let scalar = next, scalar != "|", scalar != ")" {
            guard let part = try atom() else { continue }
            parts.append(try repeated(part))
        }
        return parts.isEmpty ? .empty : parts.count == 1 ? parts[0] : .sequence(parts)
    }

    /// Nil for what matches nothing by itself: `(?i)`, a comment.
    private mutating func atom() throws(PatternProblem) -> PatternSyntax? {
        switch take() {
        case ".": return .one(flags.dotTakesNewlines ? .any : .anyButNewline)
        case "^": return .place(.lineStart)
        case "$": return .place(.lineEnd)
        case "[": return .one(try set())
        case "(": return try group()
        case "\\": return try escape()
        case "*", "+", "?", nil: throw PatternProblem()
        case .some(let scalar): return .one(literal(scalar))
        }
    }

    private func literal(_ scalar: Unicode.Scalar) -> ScalarClass {
        var one = ScalarClass.scalar(scalar)
        one.ignoresCase = flags.ignoresCase
        return one
    }

    private mutating func group() throws(PatternProblem) -> PatternSyntax? {
        guard take("?") else { return try closed() }
        for (mark, name) in [
            ("=", "a look-ahead"), ("!", "a look-ahead"), ("<=", "a look-behind"), ("<!", "a look-behind"), (">", "an atomic group"),
        ] where take(mark) {
            throw PatternProblem(unknown: name)
        }
        if take("#") {
            while let scalar = take() { if scalar == ")" { return nil } }
            throw PatternProblem()
        }
        if take(":") { return try closed() }
        if take("P<") || take("<") || take("'") {
            try name()
            return try closed()
        }
        return try flagged()
    }

    private mutating func closed() throws(PatternProblem) -> PatternSyntax {
        let inner = try alternatives()
        guard take(")") else { throw PatternProblem() }
        return inner
    }

    private mutating func name() throws(PatternProblem) {
        while let scalar = take() {
            if scalar == ">" || scalar == "'" { return }
            guard ScalarClass.isWord(scalar) else { throw PatternProblem() }
        }
        throw PatternProblem()
    }

    /// `(?i)` for the rest of the group, or `(?i:…)`.
    private mutating func flagged() throws(PatternProblem) -> PatternSyntax? {
        let outer = flags
        var isOn = true
        while let scalar = take() {
            switch scalar {
            case "-": isOn = false
            case "i": flags.ignoresCase = isOn
            case "s": flags.dotTakesNewlines = isOn
            case "m" where isOn: break
            case ")": return nil
            case ":":
                let inner = try closed()
                flags = outer
                return inner
            default: throw PatternProblem(unknown: "the option \(scalar)")
            }
        }
        throw PatternProblem()
    }

    // MARK: Repetition

    private mutating func repeated(_ part: PatternSyntax) throws(PatternProblem) -> PatternSyntax {
        var part = part
        var count = 0
        while let (least, most) = try bounds() {
            count += 1
            guard count == 1 else { throw PatternProblem() }
            if take("+") { throw PatternProblem(unknown: "a possessive repetition") }
            _ = take("?")
            part = .repetition(part, least: least, most: most)
        }
        return part
    }

    private mutating func bounds() throws(PatternProblem) -> (Int, Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        let start = position
        guard take("{") else { return nil }
        let least = number()
        let hasComma = take(",")
        let most = hasComma ? number() : least
        guard take("}"), least != nil || most != nil else {
            // A brace that bounds nothing is one.
            position = start
            return nil
        }
        guard (least ?? 0) <= Self.mostRepetitions, (most ?? 0) <= Self.mostRepetitions else {
            throw PatternProblem(unknown: "more than \(Self.mostRepetitions) repetitions")
        }
        guard (least ?? 0) <= most ?? .max else { throw PatternProblem() }
        return (least ?? 0, most)
    }

    private mutating func number() -> Int? {
        var digits = ""
        while let scalar = next, ("0"..."9").contains(scalar) {
            digits.unicodeScalars.append(scalar)
            position += 1
        }
        return digits.isEmpty ? nil : Int(digits) ?? .max
    }

    // MARK: Escapes

    private mutating func escape() throws(PatternProblem) -> PatternSyntax {
        guard let scalar = next else { throw PatternProblem() }
        let places: [Unicode.Scalar: PatternSyntax.Place] = [
            "A": .textStart, "z": .textEnd, "Z": .textEndOrLastNewline, "b": .wordEdge, "B": .noWordEdge,
        ]
        if let place = places[scalar] {
            position += 1
            return .place(place)
        }
        if ("1"..."9").contains(scalar) || scalar == "k" || scalar == "g" { throw PatternProblem(unknown: "a back-reference") }
        if take("Q") { return quotation() }
        return .one(try escapedClass())
    }

    /// `\Q…\E`.
    private mutating func quotation() -> PatternSyntax {
        var parts: [PatternSyntax] = []
        while next != nil, !take("\\E") {
            if let scalar = take() { parts.append(.one(literal(scalar))) }
        }
        return .sequence(parts)
    }

    /// What an escape stands for in a set or beside one.
    private mutating func escapedClass() throws(PatternProblem) -> ScalarClass {
        guard let scalar = take() else { throw PatternProblem() }
        switch scalar {
        case "d": return .digit
        case "D": return .digit.inverted
        case "w": return .word
        case "W": return .word.inverted
        case "s": return .space
        case "S": return .space.inverted
        case "h": return ScalarClass(members: [.category("Zs"), .range(9...9)])
        case "N": return .anyButNewline
        case "p": return try property()
        case "P": return try property().inverted
        default: return literal(try escapedScalar(scalar))
        }
    }

    private mutating func escapedScalar(_ scalar: Unicode.Scalar) throws(PatternProblem) -> Unicode.Scalar {
        switch scalar {
        case "n": return "\n"
        case "t": return "\t"
        case "r": return "\r"
        case "f": return "\u{0c}"
        case "v": return "\u{0b}"
        case "e": return "\u{1b}"
        case "a": return "\u{07}"
        case "0": return "\0"
        case "x": return try hexadecimal(2)
        case "u": return try hexadecimal(4)
        case _ where scalar.isASCII && ScalarClass.isWord(scalar): throw PatternProblem(unknown: "the escape \\\(scalar)")
        default: return scalar
        }
    }

    private mutating func hexadecimal(_ count: Int) throws(PatternProblem) -> Unicode.Scalar {
        let isBraced = take("{")
        var digits = ""
        while let scalar = next, scalar.properties.isASCIIHexDigit, isBraced || digits.count < count {
            digits.unicodeScalars.append(scalar)
            position += 1
        }
        guard !isBraced || take("}"), let value = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(value) else {
            throw PatternProblem()
        }
        return scalar
    }

    private mutating func property() throws(PatternProblem) -> ScalarClass {
        var name = ""
        if take("{") {
            while let scalar = take(), scalar != "}" { name.unicodeScalars.append(scalar) }
        } else if let scalar = take() {
            name.unicodeScalars.append(scalar)
        }
        guard !name.isEmpty, ScalarClass.names.values.contains(where: { $0 == name || (name.count == 1 && $0.hasPrefix(name)) }) else {
            throw PatternProblem(unknown: "the property \(name)")
        }
        return ScalarClass(members: [.category(name)])
    }

    // MARK: Sets

    private mutating func set() throws(PatternProblem) -> ScalarClass {
        var set = ScalarClass(members: [], isNegated: take("^"), ignoresCase: flags.ignoresCase)
        var isFirst = true
        while let scalar = take() {
            if scalar == "]", !isFirst { return set }
            isFirst = false
            if scalar == "[", take(":") {
                set.members.append(contentsOf: try namedSet())
                continue
            }
            if scalar == "[", next == "[" { throw PatternProblem(unknown: "a set inside of a set") }
            let first = try setMember(scalar)
            guard next == "-", position + 1 < scalars.count, scalars[position + 1] != "]", let low = Self.single(first) else {
                set.members.append(contentsOf: first)
                continue
            }
            position += 1
            guard let scalar = take(), let high = Self.single(try setMember(scalar)), low <= high else { throw PatternProblem() }
            set.members.append(.range(low...high))
        }
        throw PatternProblem()
    }

    private mutating func setMember(_ scalar: Unicode.Scalar) throws(PatternProblem) -> [ScalarClass.Member] {
        guard scalar == "\\" else { return [.range(scalar.value...scalar.value)] }
        if take("b") { return [.range(8...8)] }
        return try escapedClass().members
    }

    private static func single(_ members: [ScalarClass.Member]) -> UInt32? {
        guard members.count == 1, case .range(let range) = members[0], range.count == 1 else { return nil }
        return range.lowerBound
    }

    /// `[:alpha:]` and the other classes of POSIX, in ASCII.
    private mutating func namedSet() throws(PatternProblem) -> [ScalarClass.Member] {
        var name = ""
        let isNegated = take("^")
        while let scalar = take(), scalar != ":" { name.unicodeScalars.append(scalar) }
        guard take("]"), let members = Self.posix[name] else { throw PatternProblem() }
        return isNegated ? [.not(ScalarClass(members: members))] : members
    }

    private static let posix: [String: [ScalarClass.Member]] = [
        "alpha": [.range(0x41...0x5a), .range(0x61...0x7a)], "digit": [.range(0x30...0x39)], "upper": [.range(0x41...0x5a)],
        "alnum": [.range(0x30...0x39), .range(0x41...0x5a), .range(0x61...0x7a)], "lower": [.range(0x61...0x7a)],
        "space": [.range(0x09...0x0d), .range(0x20...0x20)], "blank": [.range(0x09...0x09), .range(0x20...0x20)],
        "punct": [.range(0x21...0x2f), .range(0x3a...0x40), .range(0x5b...0x60), .range(0x7b...0x7e)], "word": [.word],
        "xdigit": [.range(0x30...0x39), .range(0x41...0x46), .range(0x61...0x66)], "print": [.range(0x20...0x7e)],
        "graph": [.range(0x21...0x7e)],
        "cntrl": [.range(0x00...0x1f), .range(0x7f...0x7f)],
    ]
}
