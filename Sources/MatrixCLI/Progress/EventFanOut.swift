import MatrixCore

/// Passes every event to several sinks.
struct EventFanOut: EventSink {
    let sinks: [any EventSink]

    func emit(_ event: Event) {
        for sink in sinks { sink.emit(event) }
    }
}
