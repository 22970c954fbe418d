/// What happens to one of a driver's calls to the outside.
public struct Strike: Sendable, Hashable {
    /// How it goes wrong.
    public enum Fate: Sendable, Hashable {
        /// It is done, and its reply is lost.
        case lostReply
        /// It is done, and something senseless is in the place of its reply.
        case answered(Nonsense)
        /// It is not done, and an empty success is in the place of its reply.
        case pretended
        /// It is done, and the process is killed before the reply: it hears of nothing and calls nobody any more.
        case killed
    }

    public var fate: Fate
    /// Which call, from one.
    public var number: Int
    /// Whether only calls that change something are counted.
    public var countsChanges: Bool

    public init(_ fate: Fate, at number: Int, countsChanges: Bool = true) {
        self.fate = fate
        self.number = number
        self.countsChanges = countsChanges
    }
}

/// What proxies, full disks and broken programs put in the place of an answer.
public enum Nonsense: String, Sendable, CaseIterable {
    case nothing = ""
    case page = "<html><head><title>502 Bad Gateway</title></head></html>\n"
    case half = "{\"data\": [{\"id\": 1, "
    case null = "null\n"
    case word = "\"accepted\"\n"
    case other = "{\"message\": \"come back later\"}\n"

    /// For messages.
    var name: String {
        switch self {
        case .nothing: "nothing"
        case .page: "a web page"
        case .half: "half of an answer"
        case .null: "null"
        case .word: "a word"
        case .other: "another object"
        }
    }
}
