import Foundation
import MatrixCore
import MatrixTesting
import Testing

/// The fake Linode itself: what it takes, what it refuses, and what it remembers of both.
struct FakeLinodeTests {
    private let fake = FakeLinode(.quick)
    private var client: FakeLinodeClient { FakeLinodeClient(fake) }

    // MARK: - Requests that the description does not allow

    @Test(
        arguments: [
            ("region", Value.null, "region is required"), ("type", .null, "type is required"),
            ("label", "ab", "must be at least 3 characters"),
            ("label", .string(String(repeating: "a", count: 65)), "must be at most 64 characters"), ("label", "9lives", "must match"),
            ("label", "two--dashes", "must match"),
            ("label", "two..dots", "must match"), ("label", "under__scores", "must match"),
            ("root_pass", "short", "must be at least 7 characters"),
            ("tags", "one", "must be of type array"),
            ("tags", [1], "must be of type string"), ("booted", "yes", "must be of type boolean"),
            ("firewall_id", "4711", "must be of type integer"),
            ("metadata", ["user_data": "%%%"], "must be base64"), ("metadata", ["userdata": ""], "is not described"),
            ("hostname", "x", "is not described"),
            ("disk_encryption", "maybe", "must be one of enabled, disabled"), ("authorized_keys", .map([:]), "must be of type array"),
        ] as [(String, Value, String)])
    func aCreateCallAgainstTheDescriptionIsRefusedAndKept(key: String, value: Value, reason: String) async throws {
        let answer = try await client.ask("POST", "/linode/instances", FakeLinodeClient.creation("matrix-one", [key: value]))
        #expect(answer.status == 400)
        #expect(FakeLinodeClient.fields(answer).allSatisfy { $0.hasPrefix(key) })
        #expect(FakeLinodeClient.reasons(answer).contains { $0.contains(reason) }, "\(answer.value)")
        #expect(fake.violations.count == 1)
        #expect(fake.instances == [])
    }

    @Test(arguments: ["a-label", "two-words.and_more", "A1-", "abc"])
    func labelsThatThePatternAllowsAreNoViolation(label: String) async throws {
        _ = try await client.ask("POST", "/linode/instances", FakeLinodeClient.creation(label))
        #expect(fake.violations == [])
        #expect(fake.instances == (label.hasSuffix("-") ? [] : [label]), "the end is checked too, as Linode does")
    }

    @Test(arguments: [
        ("GET", "/linode/instances?page_size=24", 400), ("GET", "/linode/instances?page_size=501", 400),
        ("GET", "/linode/instances?page=0", 400),
        ("GET", "/linode/instances?per_page=50", 400), ("GET", "/regions/us-east?page=1", 400), ("GET", "/linode/instances/one", 404),
        ("GET", "/linode/kernels", 404),
        ("PATCH", "/linode/instances", 405), ("DELETE", "/linode/types", 405),
    ])
    func aRequestThatIsNotDescribedIsRefusedAndKept(method: String, path: String, status: Int) async throws {
        #expect(try await client.ask(method, path).status == status)
        #expect(fake.violations.count == 1)
    }

    @Test func bodiesAreHeldAgainstTheDescriptionEverywhere() async throws {
        let id = try await client.create()
        #expect(try await client.ask("PUT", "/linode/instances/\(id)", ["status": "running"]).status == 400)
        #expect(try await client.ask("PUT", "/linode/instances/\(id)", ["tags": ["x-tag"], "watchdog_enabled": true]).status == 200)
        #expect(try await client.ask("POST", "/linode/instances/\(id)/boot", ["config": 1]).status == 400)
        #expect(try await client.ask("DELETE", "/linode/instances/\(id)", ["force": true]).status == 400)
        #expect(try await client.ask("POST", "/tags", ["label": "ab"]).status == 400)
        let naked = FakeLinodeRequest(
            "POST", "/v4/tags", headers: ["Authorization": "Bearer \(fake.settings.token)"], body: Array("{}".utf8))
        #expect(try await fake.respond(to: naked).status == 415)
        let broken = FakeLinodeRequest(
            "POST", "/v4/tags", headers: ["Authorization": "Bearer \(fake.settings.token)", "Content-Type": "application/json"],
            body: Array("{".utf8))
        #expect(try await fake.respond(to: broken).status == 400)
        #expect(fake.violations.count == 6)
    }

    // MARK: - What the account refuses

    @Test(
        arguments: [
            ("region", "mars-1", "region is not valid"), ("type", "g9-huge", "type is not valid"),
            ("image", "linode/beos", "image is not valid"),
            ("firewall_id", 1, "firewall_id is not valid"), ("tags", ["ab"], "Length must be 3-50 characters"),
            ("region", "us-den-edge-1", "region does not support metadata"),
            ("image", "linode/slackware15.0", "image does not support cloud-init"),
        ] as [(String, Value, String)])
    func whatTheAccountCannotHaveIsRefusedWithoutAViolation(key: String, value: Value, reason: String) async throws {
        let answer = try await client.ask("POST", "/linode/instances", FakeLinodeClient.creation("matrix-one", [key: value]))
        #expect(answer.status == 400)
        #expect(FakeLinodeClient.reasons(answer) == [reason])
        #expect(fake.violations == [])
    }

    @Test func anImageNeedsAWayIn() async throws {
        let answer = try await client.ask(
            "POST", "/linode/instances", FakeLinodeClient.creation("matrix-one", ["root_pass": .null, "authorized_keys": .null]))
        #expect(FakeLinodeClient.reasons(answer) == ["Must provide valid root_pass, authorized_keys, or authorized_users"])
    }

    @Test func aLabelIsTakenOnce() async throws {
        _ = try await client.create()
        let answer = try await client.ask("POST", "/linode/instances", FakeLinodeClient.creation())
        #expect(FakeLinodeClient.fields(answer) == ["label"])
        #expect(FakeLinodeClient.reasons(answer) == ["Label must be unique among your linodes"])
    }

    @Test func theAccountHasItsLimitAndARegionItsEnd() async throws {
        var settings = FakeLinodeSettings.quick
        settings.accountLimit = 1
        settings.fullRegions = ["us-ord"]
        let client = FakeLinodeClient(FakeLinode(settings))
        let full = try await client.ask("POST", "/linode/instances", FakeLinodeClient.creation("matrix-one", ["region": "us-ord"]))
        #expect(full.status == 403)
        #expect(FakeLinodeClient.reasons(full) == ["The Linode plan you chose is not currently available in the selected region."])
        _ = try await client.create()
        let limit = try await client.ask("POST", "/linode/instances", FakeLinodeClient.creation("matrix-two"))
        #expect(FakeLinodeClient.reasons(limit) == ["Account Limit reached. Please open a support ticket."])
    }

    @Test func createsArePaced() async throws {
        var settings = FakeLinodeSettings.quick
        settings.timeScale = 1
        settings.createsPerWindow = 5
        let start = ContinuousClock.now
        settings.now = { start }
        let client = FakeLinodeClient(FakeLinode(settings))
        for number in 1...5 { _ = try await client.create("matrix-\(number)") }
        let sixth = try await client.ask("POST", "/linode/instances", FakeLinodeClient.creation("matrix-6"))
        #expect(sixth.status == 429)
        #expect(sixth.headers["Retry-After"] == "15")
        #expect(sixth.headers["X-RateLimit-Remaining"] == "0")
    }

    // MARK: - Tokens

    @Test func aTokenDoesWhatItsScopesSay() async throws {
        var settings = FakeLinodeSettings.quick
        settings.scopes = ["linodes:read_only"]
        let fake = FakeLinode(settings)
        let client = FakeLinodeClient(fake)
        let profile = try await client.ask("GET", "/profile")
        #expect(profile.status == 200)
        #expect(profile.headers["X-OAuth-Scopes"] == "linodes:read_only")
        #expect(try await client.ask("GET", "/linode/instances").status == 200)
        let refused = try await client.ask("POST", "/linode/instances", FakeLinodeClient.creation())
        #expect(refused.status == 401)
        #expect(refused.headers["X-Accepted-OAuth-Scopes"] == "linodes:read_write")
        #expect(try await client.ask("GET", "/tags").status == 401)
        #expect(try await client.ask("GET", "/regions").status == 200)
        #expect(fake.violations == [], "a missing scope is the token's fault, not the request's")
    }

    @Test func aWrongOrRevokedTokenIsNotLetIn() async throws {
        var stranger = client
        stranger.token = "other"
        #expect(try await stranger.ask("GET", "/profile").status == 401)
        stranger.token = nil
        #expect(try await stranger.ask("GET", "/regions").status == 200)
        #expect(try await stranger.ask("GET", "/images").status == 200, "public images are shown to anyone")
        #expect(try await stranger.ask("GET", "/profile").status == 401)
        #expect(fake.violations.count == 1, "asking without a token is against the description")
        fake.revokeToken()
        #expect(try await client.ask("GET", "/profile").status == 401)
    }

    // MARK: - Life

    @Test func anInstanceLivesThroughItsStates() async throws {
        var settings = FakeLinodeSettings()
        // Half a second passes with each look, so that none of its states is missed.
        let clock = MutexBox(ContinuousClock.now)
        settings.now = {
            clock.with { now in
                now += .milliseconds(500)
                return now
            }
        }
        let fake = FakeLinode(settings)
        let client = FakeLinodeClient(fake)
        let id = try await client.create()
        for status in ["provisioning", "booting", "running"] { try await client.wait(id, for: status) }
        #expect(FakeLinodeClient.reasons(try await client.ask("POST", "/linode/instances/\(id)/boot")) == ["Linode \(id) already booted."])
        #expect(try await client.ask("POST", "/linode/instances/\(id)/shutdown").status == 200)
        #expect(FakeLinodeClient.reasons(try await client.ask("POST", "/linode/instances/\(id)/boot")) == ["Linode busy."])
        try await client.wait(id, for: "offline")
        #expect(try await client.ask("POST", "/linode/instances/\(id)/boot").status == 200)
        try await client.wait(id, for: "running")
        #expect(try await client.ask("DELETE", "/linode/instances/\(id)").status == 200)
        try await client.wait(id, for: "deleting")
        try await client.wait(id, for: nil)
        #expect(try await client.ask("DELETE", "/linode/instances/\(id)").status == 404)
        #expect(fake.tags == ["solti-matrix"], "a tag outlives what it was put on")
    }

    @Test func eventsTellWhyABootFailed() async throws {
        fake.destine(.failsToBoot)
        let id = try await client.create()
        _ = try await client.create("matrix-two")
        try await client.wait(id, for: "offline")
        let filter = #"{"entity.id": \#(id), "entity.type": "linode", "action": "linode_boot", "+order_by": "created", "+order": "desc"}"#
        let answer = try await client.ask("GET", "/account/events", filter: filter)
        #expect(answer.value["results"] == 1)
        #expect(answer.value.element(at: "data.0.status") == "failed")
        #expect(answer.value.element(at: "data.0.message")?.string?.isEmpty == false)
    }

    @Test func foreignInstancesAreWatched() async throws {
        fake.addForeigners(150)
        let page = try await client.ask("GET", "/linode/instances?page=2&page_size=100")
        #expect(page.value["pages"] == 2)
        #expect(page.value["results"] == 150)
        let id = try #require(page.value.element(at: "data.0.id")?.number)
        #expect(fake.violations == [])
        _ = try await client.ask("DELETE", "/linode/instances/\(Int(nearest: id))")
        _ = try await client.ask("DELETE", "/tags/production")
        #expect(fake.violations.contains { $0.contains("foreign instance \(Int(nearest: id)) was deleted") })
        #expect(fake.violations.contains { $0.contains("tag production was removed from foreign instance") })
    }

    // MARK: - Lists

    @Test func listsAreFiltered() async throws {
        for number in 1...3 { _ = try await client.create("matrix-\(number)", ["tags": ["solti-matrix", .string("run-\(number)")]]) }
        func labels(_ filter: String) async throws -> [String] {
            let answer = try await client.ask("GET", "/linode/instances", filter: filter)
            guard case .list(let found)? = answer.value["data"] else { return [] }
            return found.compactMap { $0["label"]?.string }
        }
        #expect(try await labels(#"{"label": "matrix-2"}"#) == ["matrix-2"])
        #expect(try await labels(#"{"tags": "run-3"}"#) == ["matrix-3"])
        #expect(try await labels(#"{"label": {"+contains": "MATRIX-1"}}"#) == ["matrix-1"])
        #expect(try await labels(#"{"+or": [{"label": "matrix-1"}, {"tags": "run-2"}]}"#) == ["matrix-1", "matrix-2"])
        #expect(
            try await labels(
                #"{"+and": [{"tags": "solti-matrix"}, {"label": {"+neq": "matrix-1"}}], "+order_by": "label", "+order": "desc"}"#) == [
                    "matrix-3", "matrix-2",
                ])
        for bad in [#"{"status": "running"}"#, #"{"label": {"+like": "x"}}"#, "[]", "{"] {
            #expect(try await client.ask("GET", "/linode/instances", filter: bad).status == 400)
        }
        let unknown = try await client.ask("GET", "/images", filter: #"{"foo": "bar"}"#)
        #expect(unknown.value == ["errors": [["field": "X-Filter", "reason": "Cannot filter on foo"]]], "as it was recorded")
        #expect(fake.violations.count == 5)
    }

    // MARK: - Faults

    @Test func faultsStrikeWhatTheyAreMeantFor() async throws {
        fake.fail("POST", "/linode/instances", with: .lostAnswer, passing: 1)
        _ = try await client.create("matrix-1")
        await #expect(throws: FakeLinode.ConnectionLost.self) { try await client.create("matrix-2") }
        #expect(fake.instances == ["matrix-1", "matrix-2"], "the work was done")
        fake.fail(nil, "/regions", with: .page(502), times: 2)
        #expect(try await client.ask("GET", "/linode/types").status == 200)
        #expect(try await client.ask("GET", "/regions").headers["Content-Type"] == "text/html")
        #expect(try await client.ask("GET", "/regions/us-east").status == 502)
        #expect(try await client.ask("GET", "/regions").status == 200)
        fake.fail(with: .truncated)
        let cut = try await client.ask("GET", "/profile")
        #expect(cut.status == 200 && cut.value == .null)
        fake.fail(with: .drop)
        await #expect(throws: FakeLinode.ConnectionLost.self) { try await client.ask("GET", "/profile") }
    }

    @Test func chanceIsRepeatedByItsSeed() async throws {
        func statuses(_ seed: UInt64) async throws -> [Int] {
            let fake = FakeLinode(.quick)
            fake.fail(share: 0.3, seed: seed, with: [.page(502)])
            var statuses: [Int] = []
            for _ in 0..<200 { statuses.append(try await FakeLinodeClient(fake).ask("GET", "/profile").status) }
            return statuses
        }
        let first = try await statuses(7)
        #expect(try await statuses(7) == first)
        #expect(try await statuses(8) != first)
        #expect((40...80).contains(first.count { $0 == 502 }))
    }
}
