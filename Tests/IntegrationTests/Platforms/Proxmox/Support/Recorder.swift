import Synchronization

@testable import MatrixPlatforms
@testable import MatrixPlatformsTests

/// Keeps what it is told.
final class Recorder: Sendable {
    private let kept = Mutex<[String]>([])

    func add(_ text: String) { kept.withLock { $0.append(text) } }
    var texts: [String] { kept.withLock { $0 } }
}
