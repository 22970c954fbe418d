import MatrixCore
import MatrixTesting
import Testing

/// What the fake answers is what the description says, in every state that it can be brought into.
struct FakeLinodeAnswerTests {
    /// Where real answers differ from the description, the fake answers as the real ones do (recorded with linodego).
    private static let real: Set = [
        "data.regions: must not be null", "regions: must not be null", "data.image_sharing: is not described",
        "image_sharing: is not described",
        "data.is_shared: is not described", "is_shared: is not described", "data.secondary_entity: must not be null",
        "data.backups.last_successful: must not be null",
        "backups.last_successful: must not be null", "longview_subscription: must not be null",
        "data.data: fits 0 of the described forms, not one",
        "data.description: must be at least 1 characters",
        "description: must be at least 1 characters",
    ]

    private static func problems(_ answer: FakeLinodeAnswer, _ name: String) throws -> Set<String> {
        let operation = try #require(LinodeDescription.shared.operations.first { $0.name == name })
        let found = SchemaCheck.problems(of: answer.value, against: operation.answer, as: .answer)
        return Set(found.map { "\($0.field.replacing(/\[\d+\]/, with: "")): \($0.reason)" }).subtracting(real)
    }

    @Test func everyOperationAnswersAsDescribed() async throws {
        let settings = FakeLinodeSettings.quick
        let fake = FakeLinode(settings)
        let client = FakeLinodeClient(fake)
        fake.destine(.runs, .failsToBoot)
        let one = try await client.create("matrix-one", ["tags": ["solti-matrix", "other-tag"]])
        let two = try await client.create(
            "matrix-two", ["booted": false, "metadata": .null, "image": .null, "authorized_keys": .null, "root_pass": .null])
        try await client.wait(one, for: "running")
        try await client.wait(two, for: "offline")
        let calls: [(String, Value?)] = [
            ("GET /profile", nil), ("GET /account", nil), ("GET /account/settings", nil), ("GET /account/availability", nil),
            ("GET /account/events", nil), ("GET /regions", nil),
            ("GET /regions/us-east", nil), ("GET /regions/availability", nil), ("GET /regions/us-east/availability", nil),
            ("GET /linode/types", nil),
            ("GET /linode/types/g6-nanode-1", nil), ("GET /images", nil), ("GET /images/linode%2Fdebian12", nil),
            ("GET /networking/firewalls", nil),
            ("GET /networking/firewalls/4711", nil), ("POST /tags", ["label": "new-tag"]), ("GET /tags", nil), ("GET /tags/other-tag", nil),
            ("DELETE /tags/new-tag", nil),
            ("GET /linode/instances", nil), ("POST /linode/instances", FakeLinodeClient.creation("matrix-three")),
            ("GET /linode/instances/\(one)", nil),
            ("PUT /linode/instances/\(one)", ["tags": ["solti-matrix"]]), ("POST /linode/instances/\(one)/reboot", nil),
            ("POST /linode/instances/\(two)/boot", nil),
            ("DELETE /linode/instances/\(two)", nil),
        ]
        var seen: Set<String> = []
        for (call, body) in calls {
            let words = call.split(separator: " ").map(String.init)
            let answer = try await client.ask(words[0], words[1], body)
            #expect(answer.status == 200, "\(call): \(answer.value)")
            let name = Self.name(call)
            let problems = try Self.problems(answer, name)
            #expect(problems.isEmpty, "\(call): \(problems)")
            seen.insert(name)
        }
        try await client.wait(one, for: "running")
        #expect(try await client.ask("POST", "/linode/instances/\(one)/shutdown").status == 200)
        seen.insert("POST /linode/instances/{linodeId}/shutdown")
        #expect(seen == FakeLinode.operations)
        #expect(fake.violations == [])
    }

    private static func name(_ call: String) -> String {
        call.replacing(/instances\/\d+/, with: "instances/{linodeId}").replacing("/regions/us-east", with: "/regions/{regionId}")
            .replacing("g6-nanode-1", with: "{typeId}").replacing("linode%2Fdebian12", with: "{imageId}").replacing(
                "4711", with: "{firewallId}"
            )
            .replacing("new-tag", with: "{tagLabel}").replacing("other-tag", with: "{tagLabel}")
    }

    @Test func anErrorHasLinodesForm() async throws {
        let answer = try await FakeLinodeClient(FakeLinode(.quick)).ask("GET", "/linode/types/nope")
        #expect(answer.status == 404)
        #expect(answer.value == ["errors": [["reason": "Not found"]]])
    }
}

extension FakeLinodeSettings {
    /// Machines that take milliseconds.
    static var quick: FakeLinodeSettings {
        var settings = FakeLinodeSettings()
        settings.timeScale = 0.001
        return settings
    }
}
