import Foundation
import IntegrationSupport
import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixPlatformsTests

/// The fake Linode as another program meets it.
@Suite(.requires(.curl)) struct FakeLinodeServerTests {
    private let fake = FakeLinode(.quick)

    @Test func theSameAnswersComeOverHTTP() async throws {
        let server = try await FakeLinodeServer.start(fake)
        func curl(_ words: String..., within seconds: Int = 60) async throws -> (Int32, String) {
            let (status, output, _) = try await ServerProcess.run(
                [
                    "curl", "--silent", "--show-error", "--max-time", "\(seconds)", "--header",
                    "Authorization: Bearer \(fake.settings.token)",
                ] + words)
            return (status, output)
        }
        let created = try await curl(
            "--write-out", "%{http_code}", "--json", FakeLinodeClient.creation().json, "\(server.url)/linode/instances")
        #expect(created.1.hasSuffix("200"))
        let listed = try await curl("--header", #"X-Filter: {"label": "matrix-one"}"#, "\(server.url)/linode/instances?page_size=25")
        #expect(Value(json: listed.1)?["results"] == 1)
        fake.fail(with: .drop)
        #expect(try await curl("\(server.url)/profile").0 == 52, "an empty reply")
        fake.fail(with: .broken)
        #expect(try await curl("\(server.url)/profile").0 == 18, "a part of a file")
        fake.fail(with: .hang)
        #expect(try await curl("\(server.url)/profile", within: 1).0 == 28, "a timeout")
        let summary = try await curl(server.url.replacing("/v4", with: "/fake"))
        #expect(Value(json: summary.1)?["instances"] == ["matrix-one"])
        #expect(fake.violations == [])
        await server.stop()
    }
}
