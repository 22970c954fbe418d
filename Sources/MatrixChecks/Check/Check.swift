import MatrixCore

/// One check of the matrix file as it is asked of one host. A kind is one type, in one file, listed in ``CheckCatalogue``.
protocol Check: Sendable {
    /// What the kind looks like in the matrix file.
    static var declaration: Declaration { get }
    /// Whether it is about the cell as a whole: one case a cell, asked for its first host.
    static var asksOnce: Bool { get }
    /// Reads the check.
    /// - Throws: `UsageError` for problems that only show after `${…}` is resolved.
    init(_ item: CheckItem) throws
    /// The command that a person can type to see the answer.
    var display: Command { get }
    /// Whether ``display`` is typed on the runner, even if the check is asked from a host.
    var isAskedHere: Bool { get }
    /// A file here that goes to the standard input of ``display``.
    var displayInput: String? { get }
    /// What to read on the host if it fails, beside what concerns every kind.
    var evidence: [EvidenceQuestion] { get }
}

extension Check {
    var isAskedHere: Bool { false }
    var displayInput: String? { nil }
    var evidence: [EvidenceQuestion] { [] }
    static var asksOnce: Bool { false }
}

/// A kind that the probe script asks, on the host or from the place in `from:`.
protocol ProbedCheck: Check {
    /// Asked for anew before every try.
    var probe: Probe { get }
    /// Judges what the host answered.
    /// - Throws: `Unanswered` if the question could not be asked there.
    func judge(_ answer: ProbeAnswer) throws(Unanswered) -> Judgement
}

/// A kind that is asked by this program itself, over the host's connection or directly.
protocol RequestedCheck: Check {
    /// - Throws: `Unanswered` if the question could not be asked; `CancellationError`.
    func ask(over route: any RequestRoute) async throws -> Judgement
}

/// A kind that first writes something on its host and then asks for it.
protocol WritingCheck: RequestedCheck {
    /// The write. All writes of a host share one round trip; a failed one is repeated before the next try.
    var write: Probe { get }
    /// - Parameter written: what came of ``write``.
    func ask(over route: any RequestRoute, written: Result<ProbeAnswer, Unanswered>) async throws -> Judgement
}

extension WritingCheck {
    func ask(over route: any RequestRoute) async throws -> Judgement {
        try await ask(over: route, written: .failure(Unanswered("nothing was written")))
    }
}

/// How a ``RequestedCheck`` reaches what it asks.
protocol RequestRoute: Sendable {
    /// The way to `host:port` as the asked host sees it; nil to go there directly from the runner.
    func passage(to host: String, port: Int) async throws(Unanswered) -> Passage?
    /// Called if a port that was given out no longer accepts connections.
    func forget(host: String, port: Int) async
    /// Whether the host refuses forwards to this server: then a connection that ends at once says nothing of it, and later passages are
    /// relayed.
    func refusesForwards(to host: String, port: Int) async -> Bool
    /// Whether the host still answers: a relay whose connection is lost closes like a server.
    func isConnected() async -> Bool
}

/// A port on 127.0.0.1 that leads to a server as a host sees it.
struct Passage: Sendable, Hashable {
    var port: Int
    /// The program of the host that relays the bytes; nil for a forward of SSH.
    var program: String?
}

/// A check's list item for one host, with every `${…}` resolved.
struct CheckItem: Sendable {
    var kind: String
    var options: Document
    /// The account on the host.
    var user = "root"
    var timeout: Duration?
    var origin = CheckModifiers.Origin.host
    var os: OperatingSystem
    var environment: [String: String] = [:]
    /// The checked host's address, as seen from the asking side.
    var address = "127.0.0.1"
    /// When the deploy began; nil if nothing was deployed.
    var deployStarted: Timestamp?
    /// The kubeconfig of the cell's cluster; nil if the cell is not a cluster.
    var kubeconfig: String?
    /// What it remembers, or recalls; nil if it does neither.
    var memory: MemoryItem?

    /// Nothing is asked yet.
    static let none = CheckItem(
        kind: "", options: Document(.null, at: SourceLocation(file: "", line: 0, column: 0)),
        os: OperatingSystem(name: "", family: "", packageManager: .apt, release: OperatingSystem.Release(id: "", version: "")))

    /// The value of the kind's key.
    var subject: Document { options[kind] ?? Document(.null, at: options.location) }

    /// The value of the kind's key as a text that is not empty.
    func subjectText() throws -> String {
        guard let text = subject.text, !text.isEmpty else {
            throw UsageError([Diagnostic(at: subject.location, "\(kind) is empty", hint: "write a name after \(kind):")])
        }
        return text
    }

    var order: VersionOrder { VersionOrder(os.packageManager) }

    /// The limit of a built-in question; default: 30 seconds.
    var probeTimeout: Duration { timeout ?? .seconds(30) }

    /// The limit of a connection, in the form for programs on the host; default: 5 seconds.
    var wholeSeconds: Int { max(1, Int(nearest: (timeout ?? .seconds(5)).inSeconds.rounded(.up))) }

    /// A probe of a built-in script for this check's account and limit.
    func probe(_ script: String, limit: Int = 1 << 16) -> Probe {
        .builtIn(script, user: user, timeout: probeTimeout, limit: limit)
    }
}
