import Foundation
import MatrixCore
import MatrixTesting
import MatrixWeb
import Testing

/// What the log of an API holds, and what it never holds.
@Suite struct ExchangeLogTests {
    private struct Network: WebTransport {
        var reply: Result<WebReply, WebFailure>
        func send(_ request: WebRequest, within limit: Duration) async throws -> WebReply { try reply.get() }
    }

    private let folder: TemporaryFolder
    private let redactor = Redactor()

    init() throws { folder = try TemporaryFolder("exchanges") }

    private func send(_ request: WebRequest, _ reply: Result<WebReply, WebFailure>) async throws -> [Exchange] {
        let transport = LoggedTransport(Network(reply: reply), log: ExchangeLog(in: folder.path, redactor: redactor))
        _ = try? await transport.send(request, within: .seconds(1))
        return try ExchangeLog.exchanges(in: folder.path)
    }

    @Test func `Credentials and data of the account's owner are not in it`() async throws {
        redactor.hide("known-secret")
        let sent: Value = [
            "label": "web", "root_pass": "Zq7!Lp4%", "authorized_keys": ["ssh-ed25519 AAAA"], "metadata": ["user_data": "I2Nsb3Vk"],
            "note": "has known-secret in it",
        ]
        let answer: Value = [
            "data": ["ticket": "PVE:root@pam:1234", "CSRFPreventionToken": "5678:abcd", "username": "root@pam", "email": "me@example.net"],
            "token": "", "has_user_data": true,
        ]
        let request = WebRequest(
            "POST", "https://pve:8006/api2/json/x?note=known-secret",
            headers: ["Authorization": "PVEAPIToken=u!t=h3ader-secret", "Cookie": "c0okie"], body: Array(sent.json.utf8))
        let reply = WebReply(
            status: 200, headers: ["Content-Type": "application/json", "Set-Cookie": "s3ssion"], body: Array(answer.json.utf8))
        let exchange = try #require(try await send(request, .success(reply)).first)
        let text = try folder.text(ExchangeLog.fileName)
        let secrets = [
            "known-secret", "Zq7!Lp4%", "AAAA", "I2Nsb3Vk", "PVE:root", "5678:abcd", "me@example.net", "h3ader-secret", "c0okie", "s3ssion",
        ]
        for secret in secrets { #expect(!text.contains(secret), "\(secret)") }
        #expect(exchange.sent?["label"] == "web" && exchange.sent?["root_pass"]?.string == Redactor.mark)
        let body = try #require(exchange.body.flatMap { Value(json: $0) })
        // What is empty tells something, and is no secret.
        #expect(body["data"]?["username"] == "root@pam" && body["token"] == "" && body["has_user_data"] == true)
        #expect(exchange.headers == ["content-type": "application/json"])
        #expect(exchange.reply?.status == 200)
    }

    @Test func `A page of a proxy stays as it is, and an answer that did not come says why`() async throws {
        let page = WebReply(status: 502, reason: "Bad Gateway", body: Array("<html>squid</html>".utf8))
        let request = WebRequest("GET", "https://pve:8006/api2/json/version")
        #expect(try await send(request, .success(page)).last?.body == "<html>squid</html>")
        let last = try #require(try await send(request, .failure(WebFailure(.refused, "connection refused", server: "pve:8006"))).last)
        #expect(last.status == nil && last.reply == nil && last.failure == "no answer from pve:8006: connection refused")
        #expect(try ExchangeLog.exchanges(in: folder.path).count == 2)
    }

    @Test func `It is bounded, and only its owner can read it`() throws {
        let log = ExchangeLog(in: folder.path, redactor: redactor, limit: 1000)
        let request = WebRequest("GET", "https://pve:8006/")
        for _ in 0..<100 { log.add(Exchange(request, .success(WebReply(status: 200)), started: .now, seconds: 0.5)) }
        let size = try folder.text(ExchangeLog.fileName).utf8.count
        #expect(size <= 1000 && size > 500)
        let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder.path)/\(ExchangeLog.fileName)")
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
    }

    @Test func `A file that is missing or damaged says so`() throws {
        #expect(throws: UsageError.self) { try ExchangeLog.exchanges(in: folder.path) }
        try folder.put(ExchangeLog.fileName, "{}\n")
        #expect(throws: UsageError.self) { try ExchangeLog.exchanges(in: folder.path) }
    }
}
