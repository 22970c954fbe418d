/// Conversions of numbers that come from outside: a host, an API, a file. Swift's conversions end the process if the number does not fit.

extension Int {
    /// The whole number that is nearest to `number`: the largest or smallest `Int` if it lies beyond them, 0 for NaN.
    public init(nearest number: Double) {
        // 2^63 is the first number beyond `Int.max`, which itself no Double can be.
        let beyond = 0x1p63
        self = number.isNaN ? 0 : number >= beyond ? .max : number <= -beyond ? .min : Int(exactly: number.rounded()) ?? 0
    }
}

extension Sequence<Int> {
    /// The sum of counts or sizes: the largest `Int` if it is larger. Sizes of a file are below 2^60, but many hosts may have one.
    public var total: Int {
        reduce(0) { sum, number in
            let (next, overflows) = sum.addingReportingOverflow(number)
            return overflows ? (number < 0 ? .min : .max) : next
        }
    }
}

extension Duration {
    /// So many seconds: none for a negative number or NaN, a hundred years for more than that.
    public static func bounded(seconds: Double) -> Duration {
        .milliseconds(Int(nearest: min(max(seconds.isNaN ? 0 : seconds, 0), longest) * 1000))
    }

    /// A hundred years, in seconds: what every clock and library can count in nanoseconds.
    static let longest = 100 * 365.25 * 86400
}

extension Value {
    /// The number if it is a whole one that an `Int` holds, such as `3` and `3.0`; nil for `1.5`, `1e300` and what is no number.
    public var wholeNumber: Int? {
        switch self {
        case .int(let number): number
        case .double(let number): Int(exactly: number)
        default: nil
        }
    }

    /// The number if it counts something: whole, not negative, below 2^31, so that sums and differences of counts never overflow.
    public var count: Int? {
        wholeNumber.flatMap { (0...Int(Int32.max)).contains($0) ? $0 : nil }
    }
}
