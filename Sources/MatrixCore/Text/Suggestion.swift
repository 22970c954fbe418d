/// Finds the word that the user probably meant: the "did you mean" of every message.
public enum Suggestion {
    /// The length of a word in bytes beyond which nobody misspells it: comparing takes the product of both lengths.
    private static let longest = 200

    /// The candidate nearest to `word`; nil if none is near enough to be a misspelling.
    public static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
        let length = word.count
        let limit = max(1, length / 3)
        // Words of very different lengths are not compared: a word of the input may have any length.
        let similar = candidates.filter { abs($0.count - length) <= limit && $0.utf8.count <= longest }
        return similar.map { (distance(word.lowercased(), $0.lowercased()), $0) }
            .filter { $0.0 <= limit }
            .min { ($0.0, $0.1) < ($1.0, $1.1) }?.1
    }

    /// Edits (insert, delete, replace, swap neighbours) between two words.
    static func distance(_ left: String, _ right: String) -> Int {
        let left = Array(left)
        let right = Array(right)
        guard !left.isEmpty, !right.isEmpty else { return max(left.count, right.count) }
        var older: [Int] = []
        var previous = Array(0...right.count)
        for row in 1...left.count {
            var current = [row] + Array(repeating: 0, count: right.count)
            for column in 1...right.count {
                let cost = left[row - 1] == right[column - 1] ? 0 : 1
                current[column] = min(previous[column] + 1, current[column - 1] + 1, previous[column - 1] + cost)
                if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
                    current[column] = min(current[column], older[column - 2] + 1)
                }
            }
            older = previous
            previous = current
        }
        return previous[right.count]
    }
}
