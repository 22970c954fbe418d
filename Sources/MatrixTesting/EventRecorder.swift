public import MatrixCore
internal import Synchronization

/// Keeps every event for a test.
public final class EventRecorder: EventSink {
    private let recorded = Mutex<[Event]>([])

    public init() {}

    public func emit(_ event: Event) {
        recorded.withLock { $0.append(event) }
    }

    /// All events so far, in the order in which they came.
    public var events: [Event] { recorded.withLock { $0 } }
}
