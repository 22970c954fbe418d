import MatrixCore
import MatrixTesting
import Synchronization

@testable import MatrixPlatforms
@testable import MatrixPlatformsTests

/// Shaky connections to the hosts of a test's world, and how often one has broken.
final class Breaks: Sendable {
    private let count = Mutex(0)
    private let answer: @Sendable (_ command: Command, _ alias: String) throws -> CommandResult

    /// - Parameter answer: what a host does with a command.
    init(_ answer: @escaping @Sendable (_ command: Command, _ alias: String) throws -> CommandResult) { self.answer = answer }

    func connector(_ world: PlatformChaos.World) -> ShakyConnector {
        ShakyConnector { [self] name in
            ShakyLine(host: { try self.answer($0, name) }, world: world, shakiness: 0.02) { self.count.withLock { $0 += 1 } }
        }
    }

    /// Adds those since the last time to a tally's faults.
    func tell(_ tally: inout Tally) {
        let broken = count.withLock { count in
            defer { count = 0 }
            return count
        }
        for _ in 0..<broken { tally.count("a connection that broke") }
    }
}
