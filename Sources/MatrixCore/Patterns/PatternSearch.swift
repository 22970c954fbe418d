/// Follows all ways through a ``PatternProgram`` over one text.
struct PatternSearch {
    /// The instructions that are waited at, each once.
    private struct Waiting {
        private(set) var all: [Int] = []
        private var seen: [Int]
        private var round = 0

        init(_ count: Int) {
            seen = [Int](repeating: -1, count: count)
        }

        mutating func begin() {
            all.removeAll(keepingCapacity: true)
            round += 1
        }

        /// Whether the instruction was not there yet.
        mutating func visit(_ index: Int) -> Bool {
            guard seen[index] != round else { return false }
            seen[index] = round
            return true
        }

        mutating func wait(at index: Int) { all.append(index) }
    }

    private let instructions: [PatternProgram.Instruction]
    private let text: [Unicode.Scalar]

    init(_ program: PatternProgram, in text: String) {
        instructions = program.instructions
        self.text = Array(text.unicodeScalars)
    }

    /// Whether the expression is found anywhere. Ends early, with false, if the surrounding task is cancelled.
    func isFound() -> Bool {
        var current = Waiting(instructions.count)
        var next = Waiting(instructions.count)
        current.begin()
        for position in 0...text.count {
            if follow(0, at: position, into: &current) { return true }
            guard position < text.count else { return false }
            if position & 0xffff == 0xffff, Task.isCancelled { return false }
            next.begin()
            for index in current.all {
                guard case .one(let set) = instructions[index], set.contains(text[position]) else { continue }
                if follow(index + 1, at: position + 1, into: &next) { return true }
            }
            swap(&current, &next)
        }
        return false
    }

    /// Follows all ways to the instructions that take a scalar next; true if the end is reached.
    private func follow(_ start: Int, at position: Int, into waiting: inout Waiting) -> Bool {
        var stack = [start]
        while let index = stack.popLast() {
            guard waiting.visit(index) else { continue }
            switch instructions[index] {
            case .found: return true
            case .one: waiting.wait(at: index)
            case .jump(let target): stack.append(target)
            case .split(let first, let second): stack += [second, first]
            case .place(let place): if holds(place, at: position) { stack.append(index + 1) }
            }
        }
        return false
    }

    private func holds(_ place: PatternSyntax.Place, at position: Int) -> Bool {
        switch place {
        case .textStart: position == 0
        case .textEnd: position == text.count
        case .textEndOrLastNewline: position == text.count || (position == text.count - 1 && text[position] == "\n")
        case .lineStart: position == 0 || text[position - 1] == "\n"
        case .lineEnd:
            position == text.count || text[position] == "\n"
                || (text[position] == "\r" && position + 1 < text.count && text[position + 1] == "\n")
        case .wordEdge: isWordEdge(position)
        case .noWordEdge: !isWordEdge(position)
        }
    }

    private func isWordEdge(_ position: Int) -> Bool {
        let before = position > 0 && ScalarClass.isWord(text[position - 1])
        let after = position < text.count && ScalarClass.isWord(text[position])
        return before != after
    }
}
