import Foundation
import IntegrationSupport
import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixPlatforms
@testable import MatrixPlatformsTests

@Suite(.requires(.openssl, .python)) struct CallLayerTests {
    private static let good = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 21\r\n\r\n{\"data\":{\"answer\":42}}"
        .replacing("21", with: "22")

    private struct Server {
        let process: ServerProcess
        let endpoint: ProxmoxEndpoint
        let certificates: Certificates

        init(answers: [String]) async throws {
            certificates = try await Certificates.shared
            process = try ServerProcess(
                "python3", ["\(FakeProxmox.fixtures)/tls_server.py", certificates.leaf, certificates.key, JSON.text(answers)])
            let port = Value(json: try await process.firstLine())?["port"]?.text ?? ""
            endpoint = try #require(ProxmoxEndpoint("https://127.0.0.1:\(port)/api2/json"))
        }

        func caller(_ trust: ServerTrust? = nil, _ credentials: ProxmoxLogin.Credentials = .token(id: "u@pve!t", secret: "s3cret")) throws
            -> RESTCaller
        {
            try RESTCaller(endpoint: endpoint, trust: trust ?? .authority(file: certificates.authority), login: ProxmoxLogin(credentials))
        }

        /// The requests that were answered, head and body: the server prints each before it answers.
        var requests: [Value] { process.printed.dropFirst().compactMap { Value(json: $0) } }
    }

    private let clone = ProxmoxRequest(.create, ["nodes", "pve1", "qemu", "9000", "clone"], ["newid": 20001, "name": "a;b+c=d, e&f"])

    @Test func sendsJSONBodiesWithTheTokenAndReadsData() async throws {
        let server = try await Server(answers: [Self.good])
        let value = try await server.caller().send(clone)
        #expect(value["answer"] == 42)
        let request = try #require(server.requests.first)
        let head = request["head"]?.string ?? ""
        #expect(head.hasPrefix("POST /api2/json/nodes/pve1/qemu/9000/clone HTTP/1.1\r\n"))
        #expect(head.contains("Authorization: PVEAPIToken=u@pve!t=s3cret\r\n"))
        #expect(head.contains("Content-Type: application/json"))
        #expect(request["body"]?.string == #"{"name":"a;b+c=d, e&f","newid":20001}"#)
    }

    @Test func rightFingerprintOfASignedLeafConnects() async throws {
        let server = try await Server(answers: [Self.good])
        let pin = try #require(ServerTrust.fingerprint(text: server.certificates.fingerprint))
        #expect(try await server.caller(pin).send(clone)["answer"] == 42)
    }

    @Test func wrongFingerprintSendsNoRequest() async throws {
        let server = try await Server(answers: [Self.good])
        let pin = try #require(ServerTrust.fingerprint(text: String(repeating: "AB", count: 32)))
        let fault = await #expect(throws: ProxmoxFault.self) { try await server.caller(pin).send(clone) }
        #expect(fault?.kind == .certificate)
        #expect(fault?.message.contains(server.certificates.fingerprint) == true)
        // One that gets through is then the first.
        _ = try await server.caller().send(clone)
        #expect(server.requests.count == 1)
    }

    @Test func unknownAuthoritySendsNoRequest() async throws {
        let server = try await Server(answers: [Self.good])
        let fault = await #expect(throws: ProxmoxFault.self) { try await server.caller(.system).send(clone) }
        #expect(fault?.kind == .certificate)
        #expect(fault?.error("cloning").next?.contains("tls.ca") == true)
        // One that gets through is then the first.
        _ = try await server.caller().send(clone)
        #expect(server.requests.count == 1)
    }

    @Test func readsTheReasonPhraseIfThereIsNoBody() async throws {
        let server = try await Server(answers: ["HTTP/1.1 500 VM is locked (backup)\r\nContent-Length: 0\r\n\r\n"])
        let fault = await #expect(throws: ProxmoxFault.self) { try await server.caller().send(clone) }
        #expect(fault?.message == "VM is locked (backup)")
        #expect(fault?.kind == .locked("backup"))
    }

    @Test func emptyRefusalNamesTheCredentials() async throws {
        let server = try await Server(answers: ["HTTP/1.1 401 authentication failure\r\nContent-Length: 0\r\n\r\n"])
        let fault = await #expect(throws: ProxmoxFault.self) { try await server.caller().send(clone) }
        #expect(fault?.kind == .credentials)
        #expect(fault.map { "\($0.error("cloning"))" }?.contains("s3cret") == false)
    }

    @Test func aWebPageIsNoAnswer() async throws {
        let page = "<html><head><title>502 Bad Gateway</title></head></html>"
        let server = try await Server(answers: [
            "HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: \(page.utf8.count)\r\n\r\n\(page)",
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: \(page.utf8.count)\r\n\r\n\(page)",
        ])
        let caller = try server.caller()
        let bad = await #expect(throws: ProxmoxFault.self) { try await caller.send(clone) }
        #expect(bad?.kind == .transient && bad?.isWithoutReply == true)
        #expect(bad?.message == "a web page (502 Bad Gateway)")
        let strange = await #expect(throws: ProxmoxFault.self) { try await caller.send(clone) }
        #expect(strange?.kind == .fatal)
    }

    @Test func aDroppedConnectionIsALostReply() async throws {
        let server = try await Server(answers: ["close"])
        let fault = await #expect(throws: ProxmoxFault.self) { try await server.caller().send(clone) }
        #expect(fault?.isWithoutReply == true && fault?.kind == .transient)
    }

    @Test func aPasswordBuysATicketAndARefusedTicketIsRenewedOnce() async throws {
        func json(_ text: String) -> String {
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: \(text.utf8.count)\r\n\r\n\(text)"
        }
        let ticket = { (name: String) in json(#"{"data":{"ticket":"PVE:root@pam:\#(name)=","CSRFPreventionToken":"guard-\#(name)"}}"#) }
        let server = try await Server(answers: [
            ticket("one"), "HTTP/1.1 401 permission denied - invalid PVE ticket\r\nContent-Length: 0\r\n\r\n", ticket("two"),
            json(#"{"data":"done"}"#),
        ])
        let value = try await server.caller(nil, .password(user: "root@pam", password: "p+w/d;=")).send(clone)
        #expect(value == "done")
        let requests = server.requests
        #expect(requests.count == 4)
        #expect(requests.first?["body"]?.string == #"{"password":"p+w/d;=","username":"root@pam"}"#)
        #expect(requests.last?["head"]?.string?.contains("PVEAuthCookie=PVE:root@pam:two=\r\n") == true)
        #expect(requests.last?["head"]?.string?.contains("CSRFPreventionToken: guard-two") == true)
    }
}
