import MatrixCore

/// Ignores all events.
struct Silence: EventSink {
    func emit(_ event: Event) {}
}
