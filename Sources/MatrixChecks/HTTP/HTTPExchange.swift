import MatrixCore
internal import MatrixWeb

/// Sends one request with a new client, so that every try makes a new connection and handshake.
struct HTTPExchange: Sendable {
    /// How many bytes of a body are read.
    static let bodyLimit = 1 << 20

    let question: HTTPQuestion

    /// Where forwards listen.
    private static let loopback = "127.0.0.1"

    private var name: String { question.tls.serverName ?? String(question.url.host.prefix { $0 != "%" }) }
    /// Whether the URL goes to an address: the client would connect to that, and not to the forward.
    private var isLiteral: Bool { question.tls.serverName == nil && question.url.isLiteral }

    /// - Throws: `HTTPRefusal` if the missing answer fails the check; `Unanswered`; `CancellationError`.
    func ask(over route: any RequestRoute) async throws -> HTTPAnswer {
        let passage = try await route.passage(to: question.url.host, port: question.url.port)
        let certificate = CertificateObserver(name: name, isVerified: question.tls.isVerified)
        let client = try client(forwarded: passage != nil, certificate)
        let pulse = RoutePulse(route)
        do {
            var answer = try await pulse.during {
                try await client.exchange(request(port: passage?.port), within: question.timeout) { try await Self.answer($0, $1) }
            }
            answer.certificateEnd = certificate.end
            answer.program = passage?.program
            return answer
        } catch let failure as WebFailure {
            if [.timeout, .body].contains(failure.kind), let time = await pulse.standstill() { throw still(for: time) }
            guard let passage else { throw HTTPRefusal(why: words(for: failure, isForwarded: false)) }
            switch (failure.kind, passage.program) {
            // The forward itself is gone: the host was never asked.
            case (.refused, _): throw await lost(route)
            // A refused forward looks like a server that closes at once.
            case (.closed, nil):
                if await route.refusesForwards(to: question.url.host, port: question.url.port) { return try await ask(over: route) }
            case (.closed, _?): if await !route.isConnected() { throw await lost(route) }
            default: break
            }
            throw HTTPRefusal(why: words(for: failure, isForwarded: true), program: passage.program)
        }
    }

    private func still(for time: Duration) -> Unanswered {
        Unanswered(
            "nothing came over the connection for \(time.brief), so that nobody knows whether \(question.url.host):\(question.url.port) "
                + "would answer within \(question.timeout.brief)",
            next: "check whether the host answers over SSH, then run the checks again")
    }

    private func lost(_ route: any RequestRoute) async -> Unanswered {
        await route.forget(host: question.url.host, port: question.url.port)
        return Unanswered("the connection to the host was lost", next: "check whether the host still answers over SSH")
    }

    private static func answer(_ head: WebReply, _ pieces: WebBody) async throws -> HTTPAnswer {
        var body: [UInt8] = []
        for try await piece in pieces {
            body += piece
            if body.count > bodyLimit { break }
        }
        let headers = head.headers.map { (name: $0.key, value: $0.value) }
        let isCut = body.count > bodyLimit
        if isCut { body = Redactor.current.withoutPartialSecret(body.prefix(bodyLimit)) }
        return HTTPAnswer(status: head.status, headers: headers, body: body, isCut: isCut)
    }

    private func request(port: Int?) -> WebRequest {
        let host = port != nil && isLiteral ? Self.loopback : question.tls.serverName
        var request = WebRequest(question.method, question.url.url(host: host, port: port ?? question.url.port))
        request.headers = ["Host": question.url.header, "User-Agent": "matrix"]
        request.headers["Authorization"] = question.authorization
        for header in question.headers {
            request.headers = request.headers.filter { $0.key.lowercased() != header.name.lowercased() }
            request.headers[header.name] = header.value
        }
        request.body = question.body.map { Array($0.utf8) }
        return request
    }

    private func client(forwarded: Bool, _ certificate: CertificateObserver) throws -> WebClient {
        var settings = WebSettings()
        // Names are compared by the observer.
        settings.verification = question.tls.isVerified ? .authority : .none
        settings.authorities = question.tls.authorities.map { .file($0) } ?? .system
        settings.examine = certificate.observe
        settings.connect = question.timeout
        if forwarded {
            settings.addresses[name] = Self.loopback
        } else if name != question.url.host {
            settings.addresses[name] = question.url.host
        }
        do { return try WebClient(settings) } catch {
            throw Unanswered(
                "the certificates in \(question.tls.authorities ?? "") cannot be read", next: "name a PEM file in tls: { ca: … }")
        }
    }

    private func words(for failure: WebFailure, isForwarded: Bool) -> String {
        let place = "\(question.url.host):\(question.url.port)"
        return switch failure.kind {
        case .refused: "connection refused by \(place)"
        // Through SSH a refused connection shows itself as one that closes at once.
        case .closed where isForwarded: "connection refused by \(place) (or closed without an answer)"
        case .closed: "\(place) closed the connection without an answer"
        case .timeout: "no answer from \(place) within \(question.timeout.brief)"
        case .body: "no complete answer from \(place): \(failure.reason)"
        case .connection, .certificate: failure.reason
        }
    }
}
