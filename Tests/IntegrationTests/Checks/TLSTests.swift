import Foundation
import IntegrationSupport
import MatrixCore
import MatrixTesting
import NIOSSL
import Testing

@testable import MatrixChecks
@testable import MatrixChecksTests

/// TLS: names, authorities and ends of certificates, as the URL says them and not the forward.
@Suite(.requires(.openssl, .helperPrograms)) struct TLSTests {
    private func withServer(days: Int = 30, _ body: (LocalServer, String) async throws -> Void) async throws {
        let folder = try TemporaryFolder.make()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let script = """
            cd \(folder) && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout \
            key.pem -out cert.pem -days \(days) \
            -subj /CN=app.test -addext subjectAltName=DNS:app.test,DNS:localhost,IP:127.0.0.1
            """
        try await ShellTransport().require(Command(["sh", "-c", script]), "a certificate")
        let key = try NIOSSLPrivateKey(file: "\(folder)/key.pem", format: .pem)
        let chain = try NIOSSLCertificate.fromPEMFile("\(folder)/cert.pem").map { NIOSSLCertificateSource.certificate($0) }
        let server = try await LocalServer.echo(tls: .makeServerConfiguration(certificateChain: chain, privateKey: .privateKey(key)))
        try await body(server, folder)
        await server.stop()
    }

    private func verify(_ yaml: String, from origin: CheckModifiers.Origin = .host) async throws -> CaseResult {
        try #require(
            try await Samples.verify([try Samples.step("tls", yaml, modifiers: CheckModifiers(from: origin))], over: ShellTransport()).first
        )
    }

    @Test func namesAndAuthoritiesAreVerified() async throws {
        try await withServer { server, folder in
            let local = "http: https://localhost:\(server.port)/200"
            for origin in [CheckModifiers.Origin.host, .runner] {
                #expect(try await verify("\(local)\ntls: { ca: \(folder)/cert.pem }", from: origin).outcome == .passed)
                #expect(try await verify("\(local)\ntls: { verify: false }", from: origin).outcome == .passed)
                let named =
                    "http: { url: \"https://127.0.0.1:\(server.port)/200\", tls: { ca: \(folder)/cert.pem, server_name: app.test } }"
                #expect(try await verify("\(named)\njson: { headers.host: \"127.0.0.1:\(server.port)\" }", from: origin).outcome == .passed)
                let unknown = try await verify(local, from: origin)
                #expect(unknown.outcome == .failed)
                #expect(unknown.message?.contains("the certificate cannot be verified") == true, "\(unknown.message ?? "")")
                let misnamed = try await verify("\(local)\ntls: { ca: \(folder)/cert.pem, server_name: other.test }", from: origin)
                #expect(misnamed.message?.contains("the certificate is not for other.test") == true, "\(misnamed.message ?? "")")
            }
            for host in ["localhost", "127.0.0.1"] {
                #expect(try await verify("http: https://\(host):\(server.port)/200\ntls: { ca: \(folder)/cert.pem }").outcome == .passed)
            }
            let missing = try await verify("\(local)\ntls: { ca: \(folder)/none.pem }")
            #expect(missing.outcome == .error)
            let plain = try await verify("http: http://localhost:\(server.port)/200")
            #expect(plain.outcome == .failed)
        }
    }

    @Test func certificatesMustStayValid() async throws {
        try await withServer(days: 20) { server, folder in
            let url = "http: https://localhost:\(server.port)/200\ntls: { ca: \(folder)/cert.pem }"
            #expect(try await verify("\(url)\ncertificate: { valid_for: 14d }").outcome == .passed)
            let short = try await verify("\(url)\ncertificate: { valid_for: 21d }")
            #expect(short.outcome == .failed)
            #expect(
                short.message?.hasPrefix("certificate: expected valid for 21 days more, observed valid until 20") == true,
                "\(short.message ?? "")")
        }
    }
}
