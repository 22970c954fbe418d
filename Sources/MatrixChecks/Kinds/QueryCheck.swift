import MatrixCore

/// `query`: a round trip through a service: the check writes something unique and must find it again.
///
/// An answer that does not depend on the write proves nothing. So the check asks again with a marker that was not written,
/// and this must fail.
struct QueryCheck: WritingCheck {
    static let declaration = Declaration(
        kind: "query", subject: HTTPCheck.declaration.subject,
        keys: [KeyShape("write", .text, "The command that writes {marker}, run by sh on the host; not with recall")]
            + HTTPCheck.declaration.keys,
        summary: "Writes a unique {marker} on the host and reads it back with a request; every {marker} in a text is replaced",
        example: """
            query: http://localhost:3100/loki/api/v1/query_range?query={job="probe"}|="{marker}"
            write: logger -t probe {marker}
            json: { data.result.0.values.0.1: { contains: "{marker}" } }
            within: 30s

            """,
        asksFromElsewhere: true, remembers: true, examine: examine)

    static let placeholder = "{marker}"

    private let found: HTTPCheck
    private let control: HTTPCheck
    private let timeout: Duration
    private let marker: String
    /// Does nothing if the marker was written earlier.
    let write: Probe
    var display: Command { found.display }
    var evidence: [EvidenceQuestion] { [.listening("tcp")] }

    init(_ item: CheckItem) throws {
        marker = item.memory?.recalled ?? Self.marker()
        let recalls = item.memory?.recalled != nil
        guard let command = recalls ? ":" : item.options["write"]?.text, recalls || command.contains(Self.placeholder) else {
            throw UsageError(Self.examine(item.options))
        }
        timeout = item.probeTimeout
        write = Probe(command.replacing(Self.placeholder, with: marker), user: item.user, timeout: timeout)
        found = try Self.request(item, marker: marker)
        control = try Self.request(item, marker: Self.marker())
    }

    /// A unique word of lowercase letters and digits, so that it needs no quoting.
    private static func marker() -> String {
        "m" + String(UInt64.random(in: .min ... .max), radix: 36) + String(UInt32.random(in: .min ... .max), radix: 36)
    }

    private static func request(_ item: CheckItem, marker: String) throws -> HTTPCheck {
        var request = item
        request.kind = "http"
        request.options = asRequest(item.options).replacingTexts { $0.replacing(placeholder, with: marker) }
        return try HTTPCheck(request)
    }

    /// The item as an `http` check. If it expects nothing of the answer, the answer must contain the marker.
    private static func asRequest(_ item: Document) -> Document {
        var members = item.members.filter { $0.key != "write" }
        for index in members.indices where members[index].key == "query" { members[index].key = "http" }
        if item["body"] == nil, item["json"] == nil {
            let text = Document(.scalar(placeholder, plain: false), at: item.location)
            let contains = Document.Member(key: "contains", keyLocation: item.location, value: text)
            members.append(Document.Member(key: "body", keyLocation: item.location, value: Document(.map([contains]), at: item.location)))
        }
        return Document(.map(members), at: item.location)
    }

    @Sendable private static func examine(_ item: Document) -> [Diagnostic] {
        var problems = HTTPExamination.problems(asRequest(item)) + MemoryItem.problems(in: item)
        if item["recall"] == nil, item["write"] == nil {
            problems.append(
                Diagnostic(
                    at: item.location, "the check `query` needs `write`, or `recall`", hint: "write the command that writes {marker}"))
        }
        if item["recall"] != nil, let write = item.members.first(where: { $0.key == "write" }) {
            problems.append(
                Diagnostic(
                    at: write.keyLocation, "write cannot be used with recall, which looks for what was written earlier",
                    hint: "remove write:"))
        }
        if let write = item["write"]?.text, !write.contains(placeholder) {
            problems.append(
                Diagnostic(
                    at: item["write"]?.location, "write has no {marker}: what is found may be older",
                    hint: "put {marker} into write:"))
        }
        let asked = [item["query"], item["body"], item["json"]].compactMap(\.self)
        if item["body"] != nil || item["json"] != nil, !asked.contains(where: { $0.value.json.contains(placeholder) }) {
            problems.append(
                Diagnostic(
                    at: item["query"]?.location, "nothing asks for the {marker}", hint: "write {marker} into the URL, body: or json:"))
        }
        return problems
    }

    func ask(over route: any RequestRoute, written: Result<ProbeAnswer, Unanswered>) async throws -> Judgement {
        let answer = try written.get()
        guard let status = answer.exitStatus else {
            return .failed("write", expected: "an end within \(timeout.brief)", observed: "still running after \(timeout.brief)")
        }
        guard status == 0 else {
            return .failed("write", expected: "exit status 0", observed: "\(status)" + (answer.lastErrorLine.map { ": \($0)" } ?? ""))
        }
        var judgement = try await found.ask(over: route)
        judgement.remembered = marker
        guard judgement.holds, try await control.ask(over: route).settled().holds else { return judgement }
        return judgement.noting(
            "marker", expected: "an answer that depends on what was written", observed: "the same for a marker that was not written")
    }
}

extension Document {
    /// This document with every text and key changed.
    fileprivate func replacingTexts(_ change: (String) -> String) -> Document {
        switch content {
        case .null: self
        case .scalar(let text, let plain): Document(.scalar(change(text), plain: plain), at: location)
        case .list(let elements): Document(.list(elements.map { $0.replacingTexts(change) }), at: location)
        case .map(let members):
            Document(
                .map(members.map { Member(key: change($0.key), keyLocation: $0.keyLocation, value: $0.value.replacingTexts(change)) }),
                at: location)
        }
    }
}
