import MatrixCore

/// Finds the problems of an `http` item that shapes cannot say.
enum HTTPExamination {
    static let urlHint = "write it as http://HOST:PORT/PATH or https://…"

    @Sendable static func problems(_ item: Document) -> [Diagnostic] {
        HTTPCheck.expectation.problems(in: item) + subject(item) + twice(item)
            + tls(item) + auth(item) + certificate(item)
    }

    private static func subject(_ item: Document) -> [Diagnostic] {
        guard let subject = item["http"] else { return [Diagnostic(at: item.location, "http names no URL", hint: urlHint)] }
        guard let document = subject.text == nil ? subject["url"] : subject, let text = document.text, !text.isEmpty else {
            return [Diagnostic(at: subject.location, "http names no URL", hint: urlHint)]
        }
        if HTTPAddress(text) != nil || text.contains("${") { return [] }
        return [Diagnostic(at: document.location, "'\(text)' is not an http or https URL", hint: urlHint)]
    }

    /// Keys beside `http:` are about the answer: a request's body there would not be sent.
    private static func twice(_ item: Document) -> [Diagnostic] {
        let method = item["method"]?.text?.uppercased()
        var problems = ["method", "auth", "tls"].filter { item["http"]?[$0] != nil && item[$0] != nil }.map { key in
            Diagnostic(at: item[key]?.location, "\(key) is set both in the request and beside it", hint: "keep the one inside http:")
        }
        if let method, ["POST", "PUT", "PATCH"].contains(method), let body = item["body"] {
            problems.append(
                Diagnostic(
                    .warning, at: body.location, "body beside http: is what the answer must be, not what is sent",
                    hint: "to send a body, write http: { url: …, method: \(method), body: … }"))
        }
        return problems
    }

    private static func tls(_ item: Document) -> [Diagnostic] {
        guard let tls = item["http"]?["tls"] ?? item["tls"] else { return [] }
        let isOff = tls["verify"]?.bool == false || tls["insecure"]?.bool == true
        if let verify = tls["verify"]?.bool, let insecure = tls["insecure"]?.bool, verify == insecure {
            return [Diagnostic(at: tls.location, "verify and insecure contradict each other", hint: "keep one of them")]
        }
        guard isOff, let ca = tls["ca"] else { return [] }
        return [Diagnostic(at: ca.location, "ca has no meaning if the certificate is not verified", hint: "remove ca, or verify: false")]
    }

    private static func auth(_ item: Document) -> [Diagnostic] {
        guard let auth = item["http"]?["auth"] ?? item["auth"] else { return [] }
        let isBasic = auth["user"] != nil || auth["password"] != nil
        if auth["bearer"] != nil, isBasic {
            return [Diagnostic(at: auth.location, "auth has both a bearer token and a user", hint: "keep one of them")]
        }
        if auth["bearer"] == nil, auth["user"] == nil {
            return [Diagnostic(at: auth.location, "auth names no credentials", hint: "write { user: …, password: … } or { bearer: … }")]
        }
        return []
    }

    private static func certificate(_ item: Document) -> [Diagnostic] {
        guard let member = item.members.last(where: { $0.key == "certificate" }) else { return [] }
        let subject = item["http"]
        if let url = (subject?.text == nil ? subject?["url"]?.text : subject?.text), url.lowercased().hasPrefix("http://") {
            return [Diagnostic(at: member.keyLocation, "certificate on a URL without TLS", hint: "write the URL with https://")]
        }
        guard member.value["valid_for"] == nil else { return [] }
        return [Diagnostic(at: member.value.location, "certificate asserts nothing", hint: "write { valid_for: 14d }")]
    }
}
