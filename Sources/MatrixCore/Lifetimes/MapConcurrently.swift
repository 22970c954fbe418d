/// Maps `items` with at most `limit` running at once; one item's failure leaves the others running.
public func mapConcurrently<Item: Sendable, Output: Sendable>(
    _ items: [Item],
    limit: Int,
    _ work: @escaping @Sendable (Item) async -> Output
) async -> [Output] {
    await withTaskGroup(of: (Int, Output).self) { group in
        var waiting = items.enumerated().makeIterator()
        func startNext() {
            guard let (index, item) = waiting.next() else { return }
            group.addTask { (index, await work(item)) }
        }
        for _ in 0..<max(1, min(limit, items.count)) { startNext() }
        var outputs = [Output?](repeating: nil, count: items.count)
        for await (index, output) in group {
            outputs[index] = output
            startNext()
        }
        return outputs.compactMap(\.self)
    }
}
