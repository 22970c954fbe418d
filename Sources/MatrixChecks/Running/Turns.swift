/// Lets so many run at once; the others wait in the order in which they came.
actor Turns {
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ count: Int) {
        free = count
    }

    /// Runs `work` when its turn has come. Waiting is not cut short by cancellation: `work` looks at that itself.
    nonisolated func take<Output: Sendable>(_ work: @Sendable () async -> Output) async -> Output {
        await begin()
        let output = await work()
        await end()
        return output
    }

    private func begin() async {
        guard free == 0 else {
            free -= 1
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    private func end() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}
