internal import MatrixCore
internal import Synchronization

/// Repeatable random numbers: the same seed gives the same results.
public final class Dice: Sendable {
    private let generator: Mutex<SeededGenerator>

    public init(seed: UInt64) {
        generator = Mutex(SeededGenerator(seed: seed))
    }

    /// A whole number in the range.
    public func roll(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(next() % UInt64(range.upperBound - range.lowerBound + 1))
    }

    /// True with this probability.
    public func happens(_ probability: Double) -> Bool { Double(next() >> 11) * 0x1p-53 < probability }

    /// One of several elements.
    public func pick<Element>(_ elements: [Element]) -> Element { elements[roll(0...(elements.count - 1))] }

    private func next() -> UInt64 { generator.withLock { $0.next() } }
}
