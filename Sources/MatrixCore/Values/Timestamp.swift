internal import Foundation

/// A moment in UTC, written with milliseconds, for records and reports.
public struct Timestamp: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
    /// Seconds since 1970-01-01T00:00:00Z.
    public let seconds: Double

    /// Takes seconds since 1970-01-01T00:00:00Z: 0 for NaN, the first or last moment of the years 1 to 9999 for what lies beyond.
    public init(seconds: Double) {
        self.seconds = seconds.isNaN ? 0 : min(max(seconds, -62_135_596_800), 253_402_300_799)
    }

    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let parsed = Timestamp(text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "'\(text)' is not a time such as 2026-11-23T05:01:22.000Z"))
        }
        self = parsed
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    /// Reads ISO 8601 in UTC, with or without a fraction: `2026-11-23T05:01:22.123Z`.
    public init?(_ text: String) {
        // Foundation's parser stops at the Z and ignores what follows.
        guard text.firstIndex(of: "Z") == text.indices.last else { return nil }
        let precise = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        guard let date = (try? precise.parse(text)) ?? (try? Date.ISO8601FormatStyle().parse(text)) else { return nil }
        // To the microsecond: Foundation counts from 2001, and the conversion loses the last digits.
        self.init(seconds: (date.timeIntervalSince1970 * 1e6).rounded() / 1e6)
    }

    /// The present moment of this process: what the machine's clock said when the process first asked, and the time that has passed
    /// since.
    ///
    /// Two of them are as far apart as time has passed, even if the machine's clock is set between them: durations and costs of a run
    /// come from these.
    public static var now: Timestamp { start.moment + (ContinuousClock.now - start.instant) }

    private static let start = (moment: Timestamp.wall, instant: ContinuousClock.now)

    /// What the machine's clock says, for what other processes and machines read: expiries, the ledger, certificates, dates.
    public static var wall: Timestamp { Timestamp(seconds: Date().timeIntervalSince1970) }

    /// ISO 8601 in UTC with milliseconds: `2026-11-23T05:01:22.123Z`.
    ///
    /// Every case and every event has two: Foundation's formatter would take a tenth of the time of a large run.
    public var description: String {
        let milliseconds = Int(nearest: (seconds * 1000).rounded())
        let (day, rest) = Self.divided(milliseconds, by: 86_400_000)
        let date = Self.date(ofDay: day)
        var text = Self.digits(date.year, 4)
        text += "-" + Self.digits(date.month, 2) + "-" + Self.digits(date.day, 2)
        text += "T" + Self.digits(rest / 3_600_000, 2) + ":" + Self.digits(rest / 60_000 % 60, 2) + ":" + Self.digits(rest / 1000 % 60, 2)
        return text + "." + Self.digits(rest % 1000, 3) + "Z"
    }

    private static func digits(_ number: Int, _ count: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
    }

    /// Rounded down, also for what lies before 1970.
    private static func divided(_ number: Int, by divisor: Int) -> (Int, rest: Int) {
        let (quotient, rest) = number.quotientAndRemainder(dividingBy: divisor)
        return rest < 0 ? (quotient - 1, rest + divisor) : (quotient, rest)
    }

    /// The date of a day counted from 1970-01-01, in the Gregorian calendar.
    private static func date(ofDay day: Int) -> (year: Int, month: Int, day: Int) {
        // Counted from 0000-03-01, so that a leap day ends its year; the calendar repeats every 400 years.
        let (era, dayOfEra) = divided(day + 719_468, by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        // Five months from March on have 153 days.
        let month = (5 * dayOfYear + 2) / 153
        let isNextYear = month >= 10
        return (era * 400 + yearOfEra + (isNextYear ? 1 : 0), isNextYear ? month - 9 : month + 3, dayOfYear - (153 * month + 2) / 5 + 1)
    }

    /// The form a platform's tag may hold, as tags allow no colon: `20261123T050122Z`.
    public var tag: String {
        let style = Date.ISO8601FormatStyle(dateSeparator: .omitted, timeSeparator: .omitted)
        return Date(timeIntervalSince1970: seconds.rounded(.down)).formatted(style)
    }

    /// Reads the form that ``tag`` writes.
    public init?(tag: String) {
        guard let date = try? Date.ISO8601FormatStyle(dateSeparator: .omitted, timeSeparator: .omitted).parse(tag) else { return nil }
        self.init(seconds: date.timeIntervalSince1970)
    }

    /// `yyMMdd-HHmmss`, the beginning of a run's id.
    var runStamp: String {
        let compact = tag.filter(\.isNumber).dropFirst(2)
        return "\(compact.prefix(6))-\(compact.dropFirst(6))"
    }

    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.seconds < right.seconds }

    /// The moment that lies `duration` later.
    public static func + (left: Timestamp, duration: Duration) -> Timestamp { Timestamp(seconds: left.seconds + duration.inSeconds) }

    /// Seconds from `earlier` to this moment.
    public func seconds(since earlier: Timestamp) -> Double { seconds - earlier.seconds }
}
