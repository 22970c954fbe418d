internal import AsyncAlgorithms
internal import MatrixCore
internal import Subprocess
internal import Synchronization

/// What the task that follows a process and the task that reads its output tell each other.
final class Supervision: Sendable {
    /// Why a process is stopped before its end.
    enum Cause: Sendable {
        case cancellation
        case timeout
    }

    /// What the reader asks of the task that follows the process.
    enum Order: Sendable {
        /// Its output is complete, even if another process still holds its pipes; SIGKILL when the patience is over.
        case end(patience: Duration)
        /// The end of its input; SIGKILL when the patience is over.
        case closeInput(patience: Duration)
    }

    private struct State {
        var cause: Cause?
        var processGroup: Int32?
        var handler: (@Sendable () -> Void)?
    }

    /// Chunks on their way to the reader; holds none.
    let chunks = AsyncChannel<ChildProcess.Chunk>()
    private let orders: AsyncStream<Order>
    private let orderer: AsyncStream<Order>.Continuation
    private let state = Mutex(State())

    init() {
        (orders, orderer) = AsyncStream.makeStream()
    }

    var cause: Cause? { state.withLock { $0.cause } }
    var processGroup: Int32? { state.withLock { $0.processGroup } }

    func order(_ order: Order) { orderer.yield(order) }

    /// Stops the process, once; the first cause counts.
    func stop(_ cause: Cause) {
        let handler = state.withLock { state -> (@Sendable () -> Void)? in
            guard state.cause == nil else { return nil }
            state.cause = cause
            return state.handler
        }
        handler?()
    }

    /// Sets how to stop; stops at once if that was asked for already.
    func onStop(_ handler: @escaping @Sendable () -> Void) {
        let isLate = state.withLock { state in
            state.handler = handler
            return state.cause != nil
        }
        if isLate { handler() }
    }

    /// Hands over what a process prints and feeds it until both are done.
    func follow<Source, Sink>(
        _ process: Execution<Source, Sink, SequenceOutput>, _ pumps: [Pump], _ writer: StandardInputWriter?,
        feeding input: ChildProcess.Input
    ) async {
        let pid = process.processIdentifier.value
        OrphanCollector.spare(pid)
        defer { OrphanCollector.forget(pid) }
        state.withLock { $0.processGroup = pid }
        let control = Task { await obey(process, writer) }
        await withTaskGroup(of: Void.self) { group in
            if let writer { group.addTask { await Self.feed(input, to: writer) } }
            for pump in pumps { group.addTask { await pump.run(into: self.chunks, from: pid) } }
        }
        control.cancel()
    }

    private func obey<Source, Sink>(_ process: Execution<Source, Sink, SequenceOutput>, _ writer: StandardInputWriter?) async {
        for await order in orders {
            switch order {
            case .end(let patience): await end(process, patience)
            case .closeInput(let patience):
                try? await writer?.finish()
                try? await Task.sleep(for: patience)
                if !Task.isCancelled { try? process.send(signal: .kill, toProcessGroup: true) }
            }
        }
    }

    /// Repeats the signal: a client of an SSH master that is about to wait for its session misses one, and then waits for the
    /// processes that hold the pipes.
    private func end<Source, Sink>(_ process: Execution<Source, Sink, SequenceOutput>, _ patience: Duration) async {
        let times = 5
        for _ in 0..<times where !Task.isCancelled {
            try? process.send(signal: .terminate, toProcessGroup: true)
            try? await Task.sleep(for: patience / times)
        }
        if !Task.isCancelled { try? process.send(signal: .kill, toProcessGroup: true) }
    }

    private static func feed(_ input: ChildProcess.Input, to writer: StandardInputWriter) async {
        // A program need not read all of its input: a broken pipe is no error.
        switch input {
        case .bytes(let bytes):
            _ = try? await writer.write(bytes)
            try? await writer.finish()
        case .open(let bytes): _ = try? await writer.write(bytes)
        case .none, .file, .socket: break
        }
    }
}
