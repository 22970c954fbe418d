public import MatrixCore

/// What came out of the trial of one promise.
public struct PromiseVerdict: Sendable {
    public enum Outcome: Sendable, Hashable {
        case kept
        /// The driver did something else.
        case broken(String)
        /// It could not be tried.
        case untried(String)
        /// The driver does not promise it.
        case withheld(String)
    }

    public var promise: Promise
    public var outcome: Outcome
    /// What the case could not remove.
    public var left: [String]
    public var seconds: Double

    public init(promise: Promise, outcome: Outcome, left: [String], seconds: Double) {
        self.promise = promise
        self.outcome = outcome
        self.left = left
        self.seconds = seconds
    }

    /// One word: kept, broken, untried, withheld.
    public var word: String {
        switch outcome {
        case .kept: "kept"
        case .broken: "BROKEN"
        case .untried: "untried"
        case .withheld: "not promised"
        }
    }

    /// Why it is not kept; empty if it is.
    public var reason: String {
        switch outcome {
        case .kept: ""
        case .broken(let reason), .untried(let reason), .withheld(let reason): reason
        }
    }
}
