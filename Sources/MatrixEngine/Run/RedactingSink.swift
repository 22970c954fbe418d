import MatrixCore

/// Passes every event on without secrets: emitters pass raw events.
struct RedactingSink: EventSink {
    let sink: any EventSink
    let redactor: Redactor

    func emit(_ event: Event) { sink.emit(redactor.redact(event)) }
}
