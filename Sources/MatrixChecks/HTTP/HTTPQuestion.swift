internal import Foundation
import MatrixCore

/// A request that an ``HTTPCheck`` sends.
struct HTTPQuestion: Sendable {
    /// How a server's certificate is verified.
    struct TLS: Sendable {
        var isVerified = true
        /// The absolute or relative path of a PEM file.
        var authorities: String?
        var serverName: String?
    }

    let url: HTTPAddress
    let method: String
    let headers: [(name: String, value: String)]
    let body: String?
    let tls: TLS
    let timeout: Duration
    /// The value of the Authorization header.
    let authorization: String?

    init(_ item: CheckItem) throws {
        let subject = item.subject
        let text = subject.text ?? subject["url"]?.text ?? ""
        guard let url = HTTPAddress(text) else {
            throw UsageError([Diagnostic(at: subject.location, "'\(text)' is not an http or https URL", hint: HTTPExamination.urlHint)])
        }
        self.url = url
        method = (subject["method"] ?? item.options["method"])?.text?.uppercased() ?? "GET"
        headers = (subject["headers"]?.members ?? []).map { ($0.key, $0.value.text ?? "") }
        body = subject["body"]?.text
        tls = Self.tls(subject["tls"] ?? item.options["tls"])
        timeout = item.timeout ?? .seconds(10)
        authorization = Self.authorization(subject["auth"] ?? item.options["auth"], url.credentials)
    }

    private static func tls(_ document: Document?) -> TLS {
        guard let document else { return TLS() }
        let isVerified = !(document["verify"]?.bool == false || document["insecure"]?.bool == true)
        return TLS(
            isVerified: isVerified, authorities: document["ca"].map { path(of: $0) }, serverName: document["server_name"]?.text)
    }

    /// Relative to the file that names it.
    private static func path(of document: Document) -> String {
        let path = document.text ?? ""
        guard !path.hasPrefix("/"), let slash = document.location.file.lastIndex(of: "/") else { return path }
        return "\(document.location.file[...slash])\(path)"
    }

    private static func authorization(_ document: Document?, _ credentials: String?) -> String? {
        if let token = document?["bearer"]?.text { return "Bearer \(token)" }
        if let user = document?["user"]?.text { return "Basic \(Base64.text("\(user):\(document?["password"]?.text ?? "")"))" }
        return credentials.map { "Basic \(Base64.text(Base64.percentDecoded($0)))" }
    }

    /// What a person would type; without credentials.
    var display: Command {
        var arguments = ["curl", "-sS", "-i"]
        if method != "GET" { arguments += ["-X", method] }
        if !tls.isVerified { arguments.append("-k") }
        if let authorities = tls.authorities { arguments += ["--cacert", authorities] }
        for header in headers where !Self.isSecret(header.name) { arguments += ["-H", "\(header.name): \(header.value)"] }
        if let body { arguments += ["--data", body] }
        return Command(arguments + [url.whole])
    }

    private static func isSecret(_ header: String) -> Bool {
        ["authorization", "cookie", "proxy-authorization", "x-api-key", "x-auth-token"].contains(header.lowercased())
    }
}

/// Text in the encodings that HTTP's basic authentication needs.
enum Base64 {
    static func text(_ plain: String) -> String { Data(plain.utf8).base64EncodedString() }

    static func percentDecoded(_ text: String) -> String { text.removingPercentEncoding ?? text }
}
