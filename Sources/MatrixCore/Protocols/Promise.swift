/// What a platform's driver can be held to. The conformance suite has a case for each, and `docs/adding-a-platform.md` a row.
public enum Promise: String, Sendable, CaseIterable, Codable {
    case life
    case lostReply = "lost-reply"
    case adoption
    case absence
    case separation
    case interruption
    case strangers
    case hostileAnswers = "hostile-answers"
    case listing
    case expiry
    case price
    case power
    case size

    /// What the driver does, one sentence without a full stop.
    public var summary: String {
        switch self {
        case .life: "makes what a cell needs, says how its hosts are reached, and removes it"
        case .lostReply: "makes one resource or none if the reply to a create is lost"
        case .adoption: "adopts only what carries the run's tag"
        case .absence: "removes what is gone without an error, and says that something is gone only after it asked again"
        case .separation: "keeps two runs at once apart"
        case .interruption: "leaves nothing after a kill at any call and a reap"
        case .strangers: "touches nothing without its run's tag"
        case .hostileAnswers: "takes no senseless answer for 'nothing is there'"
        case .listing: "finds what a run left by its tag, without the ledger"
        case .expiry: "says when each of its resources expires"
        case .price: "says what the hosts cost"
        case .power: "powers hosts off and on"
        case .size: "gives hosts the cores and the memory that `size:` asks for"
        }
    }
}

/// What a driver promises, and why it does not promise the rest.
public struct Promises: Sendable, Hashable {
    /// Whether a promise is given.
    public enum Answer: Sendable, Hashable {
        case given
        /// It is not, for this reason.
        case withheld(String)
        /// That depends on the settings, in this way.
        case bySettings(String)
    }

    private var exceptions: [Promise: Answer]

    /// All promises but these.
    public init(except exceptions: [Promise: Answer] = [:]) {
        self.exceptions = exceptions
    }

    public subscript(promise: Promise) -> Answer { exceptions[promise] ?? .given }
}
