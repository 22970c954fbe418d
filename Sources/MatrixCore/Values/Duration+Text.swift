extension Duration {
    /// The whole length in seconds.
    public var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }

    /// Reads `250ms`, `60s`, `10m`, `4h`, `14d` or a sum of these such as `1h30m`, up to a hundred years; a bare number is not a duration.
    public init?(text: String) {
        var rest = Substring(text)
        var total = 0.0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let number = rest.prefix { $0.isASCII && $0.isNumber || $0 == "." }
            rest = rest.dropFirst(number.count)
            let unit = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(unit.count)
            guard let amount = Double(number), let factor = Self.units[String(unit)] else { return nil }
            total += amount * factor
        }
        guard total <= Self.longest else { return nil }
        self = .bounded(seconds: total)
    }

    private static let units: [String: Double] = ["ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400]

    /// How a person reads it: `0.4s`, `12s`, `3m05s`, `2h10m`.
    public var brief: String {
        let seconds = inSeconds
        if seconds < 10 { return "\((seconds * 10).rounded() / 10)s".replacingSuffix(".0s", with: "s") }
        let whole = Int(nearest: seconds)
        if whole < 60 { return "\(whole)s" }
        if whole < 3600 { return "\(whole / 60)m\(Self.twoDigits(whole % 60))s" }
        return "\(whole / 3600)h\(Self.twoDigits(whole % 3600 / 60))m"
    }

    private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

extension String {
    /// This text with a `suffix` at its end replaced by `replacement`.
    func replacingSuffix(_ suffix: String, with replacement: String) -> String {
        hasSuffix(suffix) ? dropLast(suffix.count) + replacement : self
    }
}
