import Synchronization

/// A value that several tasks change.
final class MutexBox<Value: Sendable>: Sendable {
    private let value: Mutex<Value>

    init(_ value: Value) {
        self.value = Mutex(value)
    }

    func with<R: Sendable>(_ body: (inout Value) -> R) -> R {
        value.withLock { value in body(&value) }
    }

    var current: Value { with { $0 } }
}
