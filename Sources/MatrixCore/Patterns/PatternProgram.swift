/// A regular expression as a machine that reads each scalar of a text once, so that its time is bounded.
///
/// All ways through the expression are followed side by side (Thompson's construction), so that the time grows with the
/// text's length times the expression's, for every text and expression.
struct PatternProgram: Sendable, Hashable {
    /// A longer program would make the product too large for a file's content.
    static let longest = 4000

    enum Instruction: Sendable, Hashable {
        case one(ScalarClass)
        case split(Int, Int)
        case jump(Int)
        case place(PatternSyntax.Place)
        case found
    }

    private(set) var instructions: [Instruction] = []

    init(_ syntax: PatternSyntax) throws(PatternProblem) {
        try append(syntax)
        instructions.append(.found)
    }

    private mutating func append(_ syntax: PatternSyntax) throws(PatternProblem) {
        guard instructions.count < Self.longest else { throw PatternProblem(unknown: "too many repetitions of repetitions") }
        switch syntax {
        case .empty: break
        case .one(let set): instructions.append(.one(set))
        case .place(let place): instructions.append(.place(place))
        case .sequence(let parts): for part in parts { try append(part) }
        case .choice(let choices): try append(choices: choices[...])
        case .repetition(let part, let least, let most):
            for _ in 0..<least { try append(part) }
            if let most { try append(optional: part, count: most - least) } else { try append(any: part) }
        }
    }

    private mutating func append(choices: ArraySlice<PatternSyntax>) throws(PatternProblem) {
        guard let first = choices.first else { return }
        guard choices.count > 1 else { return try append(first) }
        let split = instructions.count
        instructions.append(.split(split + 1, 0))
        try append(first)
        let jump = instructions.count
        instructions.append(.jump(0))
        instructions[split] = .split(split + 1, instructions.count)
        try append(choices: choices.dropFirst())
        instructions[jump] = .jump(instructions.count)
    }

    private mutating func append(optional part: PatternSyntax, count: Int) throws(PatternProblem) {
        var splits: [Int] = []
        for _ in 0..<count {
            splits.append(instructions.count)
            instructions.append(.split(instructions.count + 1, 0))
            try append(part)
        }
        for split in splits { instructions[split] = .split(split + 1, instructions.count) }
    }

    private mutating func append(any part: PatternSyntax) throws(PatternProblem) {
        let split = instructions.count
        instructions.append(.split(split + 1, 0))
        try append(part)
        instructions.append(.jump(split))
        instructions[split] = .split(split + 1, instructions.count)
    }
}
