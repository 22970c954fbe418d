internal import Foundation
internal import MatrixCore

/// Hands a reader of outside bytes what nobody expects: samples with their bytes, numbers and structure changed, the same for the
/// same seed.
///
/// A reader that ends the process leaves the input behind, in a file whose name contains the fuzzer's. `SOLTI_FUZZ_SECONDS` sets how
/// long each reader is tried (default: 0.4; `.ci/run`: 3, a minute in all; `make fuzz`: 60), `SOLTI_FUZZ_SEED` repeats or varies the
/// inputs.
public struct Fuzzer {
    /// A reader must be done with one input after this time on a busy machine.
    private static let patience = Duration.seconds(30)

    /// An input that took too long.
    public struct TooSlow: Error, CustomStringConvertible {
        public let description: String
    }

    private let name: String
    private let samples: [[UInt8]]
    private let words: [[UInt8]]
    private var generator: SeededGenerator

    /// - Parameters:
    ///   - name: a word for the reader.
    ///   - samples: valid inputs of every form that it knows.
    ///   - words: keywords of its language, which random bytes would never meet.
    public init(_ name: String, samples: [String], words: [String] = []) {
        self.init(name, samples: samples.map { Array($0.utf8) }, words: words)
    }

    /// The same with samples that are not text.
    public init(_ name: String, samples: [[UInt8]], words: [String] = []) {
        self.name = name
        self.samples = samples.isEmpty ? [[]] : samples
        self.words = (words + Self.words).map { Array($0.utf8) }
        let seed = ProcessInfo.processInfo.environment["SOLTI_FUZZ_SEED"].flatMap { UInt64($0) } ?? 1
        generator = SeededGenerator(seed: seed &+ name.utf8.reduce(0) { $0 &* 31 &+ UInt64($1) })
    }

    /// Runs the reader on many inputs, the samples first.
    ///
    /// - Throws: what `read` throws, and ``TooSlow``.
    public mutating func run(_ read: ([UInt8]) throws -> Void) throws {
        let process = ProcessInfo.processInfo
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("solti-fuzz-\(name)-\(process.processIdentifier).input")
        let seconds = process.environment["SOLTI_FUZZ_SECONDS"].flatMap { Double($0) }
        let end = ContinuousClock.now + .bounded(seconds: seconds ?? 0.4)
        for sample in samples { try attempt(sample, file, read) }
        while ContinuousClock.now < end { try attempt(next(), file, read) }
        try? FileManager.default.removeItem(at: file)
    }

    private func attempt(_ input: [UInt8], _ file: URL, _ read: ([UInt8]) throws -> Void) throws {
        // The next statement may be the last one of the process.
        try Data(input).write(to: file)
        let began = ContinuousClock.now
        try read(input)
        let taken = ContinuousClock.now - began
        if taken > Self.patience {
            throw TooSlow(description: "\(name): \(input.count) bytes took \(taken.brief); they are in \(file.path)")
        }
    }

    // MARK: - Inputs

    private mutating func next() -> [UInt8] {
        var input = samples[roll(samples.count)]
        for _ in 0...roll(6) { change(&input) }
        return input.count > Self.longest ? Array(input.prefix(Self.longest)) : input
    }

    private static let longest = 1 << 18

    /// One change at a random place.
    private mutating func change(_ input: inout [UInt8]) {
        let place = roll(input.count + 1)
        switch roll(10) {
        case 0: input.insert(contentsOf: words[roll(words.count)], at: place)
        case 1: input = Array(input.prefix(place))
        case 2: input.insert(contentsOf: (0...roll(8)).map { _ in UInt8(truncatingIfNeeded: roll(256)) }, at: place)
        case 3: if place < input.count { input[place] ^= 1 << UInt8(truncatingIfNeeded: roll(8)) }
        case 4: if place < input.count { input.removeSubrange(place..<min(input.count, place + 1 + roll(20))) }
        case 5:
            let part = input[place..<min(input.count, place + 1 + roll(60))]
            input.insert(contentsOf: (0...roll(40)).flatMap { _ in part }, at: place)
        case 6:
            let other = samples[roll(samples.count)]
            let start = roll(other.count + 1)
            input.replaceSubrange(place..., with: other[start...])
        case 7, 8: replaceNumber(in: &input, from: place)
        default: input.insert(contentsOf: Array(repeating: Self.structure[roll(Self.structure.count)], count: 1 + roll(300)), at: place)
        }
    }

    /// Another number instead of the next one: too large, negative, no number at all.
    private mutating func replaceNumber(in input: inout [UInt8], from place: Int) {
        guard let start = input[place...].firstIndex(where: Self.isDigit) else { return }
        let end = input[start...].firstIndex { !Self.isDigit($0) } ?? input.count
        input.replaceSubrange(start..<end, with: Self.numbers[roll(Self.numbers.count)].utf8)
    }

    private mutating func roll(_ count: Int) -> Int { Int.random(in: 0..<max(1, count), using: &generator) }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static let structure = Array("[]{}()<>\"'\\:,-&*|\n\r\t \0%$".utf8)

    private static let numbers = [
        "0", "-1", "1e300", "-1e300", "1e-300", "1e999", "9223372036854775807", "9223372036854775808", "-9223372036854775809",
        "18446744073709551616", "99999999999999999999999", "2147483647", "2147483648", "-2147483649", "4294967296", "65536", "256", "1.5",
        "0x7fffffffffffffff", "nan", "inf", "-inf", "007", "",
    ]

    private static let words = [
        "\u{feff}", "\u{1b}[31m", "\u{202e}", "e\u{301}", "\u{10ffff}", "\r\n", "null", "true", "${", "}", "-0", "\u{2028}",
    ]
}
