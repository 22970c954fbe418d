import Foundation
import Glibc
import Synchronization

/// Slots of parts that only so many suites of this machine may use at once, whichever test process and clone they belong to.
///
/// A slot is a lock on a file: it ends with its process, however that ends.
final class Slots: Sendable {
    private let descriptors: Mutex<[Int32]>

    private init(_ descriptors: [Int32]) { self.descriptors = Mutex(descriptors) }

    deinit { giveBack() }

    /// Waits for a slot of each part, or for all of them if nobody else may be there.
    static func take(_ parts: [Part], isAlone: Bool, for test: String) async throws -> Slots {
        let clock = ContinuousClock()
        let began = clock.now
        var taken: [Int32] = []
        for part in parts {
            guard let width = part.width else { continue }
            // The door is held by whoever waits, so that one who wants all slots is not passed for ever.
            let door = try await lock(["\(part.rawValue).door"])
            defer { close(door) }
            let names = (0..<width).map { "\(part.rawValue).\($0)" }
            if isAlone {
                for name in names { taken.append(try await lock([name])) }
            } else {
                taken.append(try await lock(names))
            }
        }
        let waited = clock.now - began
        // Tests/run tells it apart from the time of the tests.
        if waited > .milliseconds(100) {
            print("# waited \(waited.components.seconds) s for \(parts.map(\.rawValue).joined(separator: ", "))")
        }
        return Slots(taken)
    }

    /// Leaves them to others.
    func giveBack() {
        descriptors.withLock { descriptors in
            for descriptor in descriptors { close(descriptor) }
            descriptors = []
        }
    }

    /// The first of the files that nobody else has locked.
    private static func lock(_ names: [String]) async throws -> Int32 {
        while true {
            for name in names {
                let descriptor = open("\(folder)/\(name)", O_CREAT | O_RDWR | O_CLOEXEC, 0o666)
                guard descriptor >= 0 else { throw CocoaError(.fileWriteNoPermission, userInfo: [NSFilePathErrorKey: "\(folder)/\(name)"]) }
                if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return descriptor }
                close(descriptor)
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    private static let folder: String = {
        let folder = "/tmp/solti-matrix-tests-\(geteuid())"
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return folder
    }()
}
