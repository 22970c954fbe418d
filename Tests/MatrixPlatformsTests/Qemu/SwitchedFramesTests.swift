import Testing

@testable import MatrixPlatforms

struct SwitchedFramesTests {
    private let all: [Int32] = [1, 2, 3]

    private func frame(to destination: [UInt8], from source: [UInt8]) -> ArraySlice<UInt8> { (destination + source + [8, 0, 1])[...] }
    private func address(_ last: UInt8) -> [UInt8] { [0x52, 0x54, 0, 0, 0, last] }

    @Test("What is for one goes to that one alone, as soon as it has spoken")
    func learns() {
        var frames = SwitchedFrames()
        #expect(frames.targets(of: frame(to: address(2), from: address(1)), from: 1, among: all) == [2, 3])
        #expect(frames.targets(of: frame(to: address(1), from: address(2)), from: 2, among: all) == [1])
        #expect(frames.targets(of: frame(to: address(2), from: address(1)), from: 1, among: all) == [2])
    }

    @Test func whatIsForAllGoesToAllOthers() {
        var frames = SwitchedFrames()
        let broadcast = [UInt8](repeating: 255, count: 6)
        #expect(frames.targets(of: frame(to: broadcast, from: address(1)), from: 1, among: all) == [2, 3])
        // A group is no sender: nothing is learnt.
        _ = frames.targets(of: frame(to: address(3), from: broadcast), from: 2, among: all)
        #expect(frames.targets(of: frame(to: broadcast, from: address(3)), from: 3, among: all) == [1, 2])
    }

    @Test func aPortThatIsClosedIsForgotten() {
        var frames = SwitchedFrames()
        _ = frames.targets(of: frame(to: address(9), from: address(1)), from: 1, among: all)
        frames.forget(1)
        #expect(frames.targets(of: frame(to: address(1), from: address(2)), from: 2, among: [2, 3]) == [3])
    }

    @Test func aGuestThatMovesIsFound() {
        var frames = SwitchedFrames()
        _ = frames.targets(of: frame(to: address(9), from: address(1)), from: 1, among: all)
        _ = frames.targets(of: frame(to: address(9), from: address(1)), from: 3, among: all)
        #expect(frames.targets(of: frame(to: address(1), from: address(2)), from: 2, among: all) == [3])
    }

    @Test func whatIsNoFrameGoesNowhere() {
        var frames = SwitchedFrames()
        #expect(frames.targets(of: [1, 2, 3], from: 1, among: all) == [])
        // To itself, or to what is behind the same port.
        _ = frames.targets(of: frame(to: address(9), from: address(1)), from: 1, among: all)
        #expect(frames.targets(of: frame(to: address(1), from: address(4)), from: 1, among: all) == [])
    }
}
