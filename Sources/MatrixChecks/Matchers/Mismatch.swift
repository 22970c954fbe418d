/// How an observed value differs from what was expected.
struct Mismatch: Sendable, Hashable {
    /// Where, below the value that was judged: `data.0.name`; empty for the value itself.
    var path: String
    /// What was expected, in words.
    var expected: String
    /// What was there, in words.
    var observed: String

    init(path: String = "", expected: String, observed: String) {
        self.path = path
        self.expected = expected
        self.observed = observed
    }
}
