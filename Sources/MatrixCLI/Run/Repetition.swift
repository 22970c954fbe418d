/// How often `matrix run --repeat` runs each cell.
enum Repetition: Sendable, Hashable {
    case times(Int)
    /// Each cell until it does not pass.
    case untilFailure

    static let untilFailureWord = "until-failure"

    /// Nil for a text that is neither a number from 1 nor `until-failure`.
    init?(_ text: String) {
        if text == Self.untilFailureWord {
            self = .untilFailure
        } else if let count = Int(text), count >= 1 {
            self = .times(count)
        } else {
            return nil
        }
    }

    /// The number of rounds; nil if nobody knows it before.
    var count: Int? { if case .times(let count) = self { count } else { nil } }
}
