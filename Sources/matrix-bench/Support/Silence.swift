import MatrixCore

/// Takes events and tells nobody.
struct Silence: EventSink {
    func emit(_ event: Event) {}
}
