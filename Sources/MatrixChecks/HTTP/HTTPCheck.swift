import MatrixCore

/// `http`: a request, and what its answer must be.
///
/// The value of `http:` is the request: a URL, or a map with `url`, `method`, `headers`, `body`, `auth`, `tls`. The keys beside
/// it are matched against the answer. `method`, `auth` and `tls` may also be beside a plain URL.
struct HTTPCheck: RequestedCheck {
    static let declaration = Declaration(
        kind: "http", subject: .either([.text, .object(ObjectShape("a request", requestKeys))]),
        keys: [
            KeyShape("method", .text, "The request's method. Default: `GET`"),
            KeyShape("auth", authShape, "The request's credentials"),
            KeyShape("tls", tlsShape, "How the server's certificate is verified"),
        ] + expectation.shapes,
        summary: "Sends a request from the host, or from the place in from:; redirects are not followed",
        example: "http: http://localhost:9090/-/healthy\nbody: { contains: Healthy }\nwithin: 60s\n",
        asksFromElsewhere: true, examine: HTTPExamination.problems)

    private static let authShape = Shape.object(
        ObjectShape(
            "credentials",
            [
                KeyShape("user", .text, "The user of basic authentication"),
                KeyShape("password", .text, "The password of basic authentication"),
                KeyShape("bearer", .text, "A token for bearer authentication"),
            ]))

    private static let tlsShape = Shape.object(
        ObjectShape(
            "TLS settings",
            [
                KeyShape("verify", .boolean, "Whether the certificate is verified. Default: `true`"),
                KeyShape("insecure", .boolean, "`true` means the same as `verify: false`"),
                KeyShape("ca", .text, "A PEM file with the authorities to trust. Default: those of the runner"),
                KeyShape("server_name", .text, "The server's name to ask for and to verify. Default: the URL's host"),
            ]))

    private static let requestKeys = [
        KeyShape("url", .text, "The URL of the request", required: true),
        KeyShape("method", .text, "The request's method. Default: `GET`"),
        KeyShape("headers", .map(.text), "Headers to send"),
        KeyShape("body", .text, "The body to send"),
        KeyShape("auth", authShape, "Credentials"),
        KeyShape("tls", tlsShape, "How the server's certificate is verified"),
    ]

    /// What the answer must be.
    struct Expectation: KeySet {
        @Key("The answer's status. Default: `200`") var status = Matcher.number(200)
        @Key("The answer's body as text; at most 1 MiB is read") var body: Matcher?
        @Key(
            [], .map(.matcher), "The answer's headers by name, upper or lower case; several values of one name are joined with a comma",
            examine: Matcher.problems(inMap:), reader: { try $0.members.map { PathMatcher(path: $0.key, matcher: try Matcher($0.value)) } })
        var headers: [PathMatcher]
        @Key("The answer's body as JSON: dotted paths with what must be there", paths: Matcher.json) var json: Matcher?
        @Key(
            nil,
            .object(
                ObjectShape(
                    "a certificate", [KeyShape("valid_for", .duration, "How long it must still be valid, such as 14d", required: true)])),
            "The server's certificate", reader: { $0["valid_for"]?.duration })
        var certificate: Duration?
    }

    static let expectation = Expectation.declared()

    let request: HTTPQuestion
    private let expected: Expectation
    private let order: VersionOrder
    let display: Command
    var evidence: [EvidenceQuestion] { [.listening("tcp"), .resolver] }

    init(_ item: CheckItem) throws {
        request = try HTTPQuestion(item)
        expected = try Expectation(reading: item.options)
        order = item.order
        display = request.display
    }

    func ask(over route: any RequestRoute) async throws -> Judgement {
        let answer: HTTPAnswer
        do {
            answer = try await HTTPExchange(question: request).ask(over: route)
        } catch let refusal as HTTPRefusal {
            var judgement = Judgement.failed("answer", expected: "an answer from \(request.url.shown)", observed: refusal.why)
            judgement.relay = refusal.program
            return judgement
        }
        var judgement = judge(answer, at: .wall)
        judgement.relay = answer.program
        return judgement
    }

    func judge(_ answer: HTTPAnswer, at now: Timestamp) -> Judgement {
        var judgement = Judgement(order: order)
        judgement.expect("status", expected.status, .int(answer.status))
        for header in expected.headers {
            let (name, matcher) = (header.path, header.matcher)
            let values = answer.headers.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
            guard !values.isEmpty else {
                let names = Set(answer.headers.map { $0.name.lowercased() }).sorted().joined(separator: ", ")
                judgement.note("header \(name)", expected: matcher.words, observed: "no such header; there are: \(names)", holds: false)
                continue
            }
            judgement.expect("header \(name)", matcher, .printed(values.joined(separator: ", ")))
        }
        judgement.expect("body", expected.body, answer.isCut ? .beginning(answer.text, HTTPExchange.bodyLimit) : .printed(answer.text))
        if expected.json != nil, answer.isCut {
            judgement.note(
                "json", expected: "JSON", observed: "a body of more than \(ByteSize.brief(HTTPExchange.bodyLimit))", holds: false)
        } else {
            judgement.expect("json", expected.json, .printed(answer.text))
        }
        if let duration = expected.certificate { judgeCertificate(answer, for: duration, at: now, in: &judgement) }
        judgement.context = answer.text.isEmpty ? "" : "body:\n\(Observed.excerpt(answer.text))"
        return judgement
    }

    private func judgeCertificate(_ answer: HTTPAnswer, for duration: Duration, at now: Timestamp, in judgement: inout Judgement) {
        let days = Int(nearest: (duration.inSeconds / 86400).rounded(.down))
        let expected = "valid for \(days >= 1 ? "\(days) days" : duration.brief) more"
        guard let end = answer.certificateEnd else {
            return judgement.note(
                "certificate", expected: expected, observed: "no certificate: the answer did not come over TLS", holds: false)
        }
        let left = end.seconds(since: now)
        let observed = left <= 0 ? "expired at \(end)" : "valid until \(end), \(Int(nearest: (left / 86400).rounded(.down))) days"
        judgement.note("certificate", expected: expected, observed: observed, holds: left >= duration.inSeconds)
    }
}
