import MatrixCore
import MatrixWeb
import Testing

@testable import MatrixPlatforms

@Suite struct LinodeCallTests {
    private static func reply(_ status: Int, _ headers: [String: String] = [:], _ body: String = "") -> WebReply {
        WebReply(status: status, headers: headers, body: Array(body.utf8))
    }

    @Test(
        arguments: [
            (["Retry-After": "2"], 2.0), (["retry-after": " 7 "], 7), (["Retry-After": "-1509450059"], nil), (["Retry-After": "soon"], nil),
            ([:], nil),
            (["Retry-After": "Mon, 23 Nov 2026 05:01:32 GMT"], 10), (["Retry-After": "Mon, 23 Nov 2020 05:01:32 GMT"], nil),
            (["Retry-After": "inf"], nil),
            (["X-RateLimit-Reset": "1795410094"], 12), (["X-RateLimit-Reset": "-1", "Retry-After": "-3"], nil),
            (["X-RateLimit-Reset": "12"], nil),
            (["Retry-After": "3", "X-RateLimit-Reset": "1795410094"], 3),
        ] as [([String: String], Double?)]) func waitsAreReadIfTheyMakeSense(_ headers: [String: String], _ seconds: Double?) throws
    {
        let now = try #require(Timestamp("2026-11-23T05:01:22.000Z"))
        #expect(RetryAfter.seconds(in: Self.reply(429, headers), now: now) == seconds)
    }

    @Test(
        arguments: [
            (408, "", [:], LinodeFault.Kind.transient, true), (429, "Too many requests", [:], .transient, false),
            (500, "", [:], .transient, true),
            (502, "", [:], .transient, true), (503, "", [:], .transient, true),
            (503, "", ["X-Maintenance-Mode": "1, 2"], .maintenance, false),
            (504, "", [:], .transient, true), (400, "Linode busy.", [:], .transient, true),
            (400, "Label must be unique among your linodes", [:], .exists, false),
            (400, "region is not valid", [:], .fatal, false), (400, "image: linode/x is not available", [:], .fatal, false),
            (400, "us-east has no capacity for this plan", [:], .full, false),
            (403, "The Linode plan you chose is not currently available in the selected region.", [:], .full, false),
            (400, "Account Limit reached. Please open a support ticket.", [:], .limit, false),
            (401, "Invalid Token", [:], .credentials, false),
            (401, "Your OAuth token is not authorized to use this endpoint.", [:], .scope, false),
            (403, "Unauthorized", [:], .scope, false), (404, "Not found", [:], .missing, false), (418, "", [:], .fatal, false),
        ] as [(Int, String, [String: String], LinodeFault.Kind, Bool)])
    func troubleIsToldApartInOnePlace(
        _ status: Int, _ reason: String, _ headers: [String: String], _ kind: LinodeFault.Kind, _ mayBeDone: Bool
    ) throws {
        var reply = reason.isEmpty ? Self.reply(status) : ScriptedLinode.refusal(reason, status: status)
        reply.headers.merge(WebReply(status: status, headers: headers).headers) { $1 }
        let answer = LinodeAnswer(reply: reply, request: LinodeRequest(.get, ["x"]))
        let fault = try #require(throws: LinodeFault.self) { try answer.value() }
        #expect(fault.kind == kind && fault.mayBeDone == mayBeDone)
    }

    @Test func pagesOfTextAreNamedByTheirTitle() throws {
        let html = Self.reply(502, ["Content-Type": "text/html"], "<html><head><title>502 Bad Gateway</title>")
        let fault = try #require(throws: LinodeFault.self) {
            try LinodeAnswer(reply: html, request: LinodeRequest(.get, ["profile"])).value()
        }
        #expect(fault.message == "a web page (502 Bad Gateway)" && fault.kind == .transient)
        let wrong = Self.reply(200, ["Content-Type": "text/html"], "<html><h1>Welcome to the hotel</h1>")
        let other = try #require(throws: LinodeFault.self) {
            try LinodeAnswer(reply: wrong, request: LinodeRequest(.get, ["profile"])).value()
        }
        #expect(other.kind == .fatal && other.message.contains("Welcome to the hotel"))
    }

    @Test func allReasonsOfARefusalAreToldWithTheirFields() throws {
        let body = #"{"errors":[{"field":"region","reason":"region is not valid"},{"reason":"type is required"}]}"#
        let answer = LinodeAnswer(
            reply: Self.reply(400, [:], body), request: LinodeRequest(.post, ["linode", "instances"], body: ["root_pass": "hidden!"]))
        let fault = try #require(throws: LinodeFault.self) { try answer.value() }
        #expect(fault.message == "region: region is not valid; type is required")
        #expect(
            fault.error("creating x").description == "creating x: POST /linode/instances: 400 region: region is not valid; type is required"
        )
    }

    @Test func passingTroubleIsSatOut() async throws {
        let fixture = try LinodeFixture()
        fixture.api.script { _, state in
            state.requests.count < 4
                ? [.dropped, .reply(WebReply(status: 503)), .reply(ScriptedLinode.refusal("Too many requests", status: 429))][
                    state.requests.count - 1] : nil
        }
        #expect(try await fixture.platform.client.get(["profile"])["username"] == "matrix")
        #expect(fixture.api.calls.count == 4)
    }

    @Test func triesAreBounded() async throws {
        let fixture = try LinodeFixture(tries: 3)
        fixture.api.script { _, _ in .dropped }
        let fault = try #require(await #expect(throws: LinodeFault.self) { try await fixture.platform.client.get(["profile"]) })
        #expect(fixture.api.calls.count == 3 && fault.error("x").isTransient)
    }

    @Test(arguments: [
        WebReply(status: 503, headers: ["X-Maintenance-Mode": "1763874000, 1763881200"]),
        ScriptedLinode.refusal("Invalid Token", status: 401),
        ScriptedLinode.refusal("Account Limit reached. Please open a support ticket."),
    ]) func whatDoesNotPassIsNotRepeated(_ reply: WebReply) async throws {
        let fixture = try LinodeFixture()
        fixture.api.script { _, _ in .reply(reply) }
        await #expect(throws: LinodeFault.self) { try await fixture.platform.client.get(["profile"]) }
        #expect(fixture.api.calls.count == 1)
    }

    @Test func theServersWaitIsTakenButNotForEver() throws {
        let fixture = try LinodeFixture()
        let client = LinodeClient(fixture.api, endpoint: fixture.platform.client.endpoint, token: "t")
        let request = LinodeRequest(.get, ["x"])
        func pause(_ wait: Double?) throws -> Double {
            try #require(client.pause(after: LinodeFault(request, status: 429, "", .transient, wait: wait), 1)).inSeconds
        }
        #expect((2...2.2).contains(try pause(2)))
        #expect((60...66).contains(try pause(86_400)))
        #expect((0.25...0.5).contains(try pause(nil)))
        #expect((0.25...0.5).contains(try pause(0)))
    }

    @Test func aDeadlineEndsTheTries() async throws {
        let fixture = try LinodeFixture(tries: 1_000_000)
        fixture.api.script { _, _ in .dropped }
        await #expect(throws: DeadlineExceeded.self) {
            try await withDeadline(.milliseconds(100)) { try await fixture.platform.client.get(["profile"]) }
        }
    }

    @Test(arguments: ["1e300", "-1", "1.5", "\"many\"", "1000000000"])
    func anAnswerWithoutANumberOfPagesIsAnError(_ pages: String) async throws {
        let fixture = try LinodeFixture()
        fixture.api.script { _, _ in .reply(Self.reply(200, [:], #"{"data":[],"page":1,"pages":\#(pages),"results":0}"#)) }
        do {
            _ = try await fixture.platform.client.all(["regions"])
            Issue.record("it was taken for a list")
        } catch let fault as LinodeFault {
            #expect(fault.kind == .fatal)
            #expect(fault.message.contains("number of pages"))
        }
    }

    @Test(arguments: ["1e300", "-1", "0.5"]) func whatCountsNothingIsNoOffer(_ number: String) throws {
        func type(_ key: String) -> LinodeType? {
            var members = ["memory": "2048", "disk": "50000", "vcpus": "1"]
            members[key] = number
            return Value(json: "{\"id\":\"x\"," + members.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}").flatMap(LinodeType.init)
        }
        #expect(type("other") != nil)
        for key in ["memory", "disk", "vcpus"] { #expect(type(key) == nil, "\(key)") }
        #expect(Value(json: "{\"id\":\"x\",\"size\":\(number)}").flatMap(LinodeImage.init) == nil)
        #expect(
            Value(json: "{\"action\":\"linode_boot\",\"status\":\"started\",\"percent_complete\":\(number)}").flatMap(LinodeEvent.init)?
                .progress == nil)
    }

    @Test func listsAreReadToTheirLastPage() async throws {
        let fixture = try LinodeFixture()
        for number in 0..<250 { fixture.api.add(label: "other-\(number)", tags: ["theirs"]) }
        let ours = fixture.api.add(label: "ours", tags: fixture.ourTags)
        #expect(try await fixture.platform.owned().map(\.id) == ["\(ours)"])
        #expect(fixture.api.state.current.requests.map { $0.query["page"] } == [1, 2, 3])
        #expect(try await fixture.platform.remaining(of: LinodeFixture.run).map(\.id) == ["\(ours)"])
        #expect(fixture.api.state.current.requests.last?.headers["X-Filter"] == #"{"tags":"solti-matrix-run-261123-050122-k3f9"}"#)
    }

    @Test(arguments: [
        ("*", true, true), ("linodes:read_write events:read_only", false, false), ("linodes:read_write,account:read_write", true, true),
        ("account:read_only", true, false), ("", false, false),
    ]) func scopesAreRead(_ text: String, _ reads: Bool, _ writes: Bool) {
        #expect(LinodeScopes(text).allowsReading("account") == reads && LinodeScopes(text).allowsWriting("account") == writes)
    }

    @Test func theTokenIsInNoError() async throws {
        let fixture = try LinodeFixture()
        fixture.api.script { _, _ in .dropped }
        let error = try #require(await #expect(throws: InfrastructureError.self) { try await fixture.platform.owned() })
        #expect(!error.description.contains(LinodeFixture.token))
    }

    @Test(
        arguments: [
            ("https://api.linode.com/v4", "https://api.linode.com/v4"), ("http://127.0.0.1:8080/v4/", "http://127.0.0.1:8080/v4"),
            ("api.linode.com", nil),
            ("https://u:p@x/v4", nil), ("https://x/v4?a=b", nil),
        ] as [(String, String?)]) func endpointsAreRead(_ text: String, _ base: String?)
    { #expect(LinodeEndpoint(text)?.base == base) }

    @Test func theRealClientTellsWhyThereIsNoAnswer() async throws {
        let failure = try #require(
            await #expect(throws: WebFailure.self) {
                try await WebClient().send(WebRequest("GET", "http://127.0.0.1:1/v4/profile"), within: .seconds(60))
            })
        #expect(failure.kind == .refused && failure.message == "no answer from 127.0.0.1:1: connection refused")
    }
}
