import Foundation
import MatrixCore
import MatrixTesting
import Testing

/// Asks a fake Linode as a careful client would.
struct FakeLinodeClient {
    let fake: FakeLinode
    var token: String?

    init(_ fake: FakeLinode) {
        self.fake = fake
        token = fake.settings.token
    }

    func ask(_ method: String, _ path: String, _ body: Value? = nil, filter: String? = nil) async throws -> FakeLinodeAnswer {
        var headers: [String: String] = [:]
        if let token { headers["Authorization"] = "Bearer \(token)" }
        if let filter { headers["X-Filter"] = filter }
        if body != nil { headers["Content-Type"] = "application/json" }
        return try await fake.respond(
            to: FakeLinodeRequest(method, "/v4\(path)", headers: headers, body: body.map { Array($0.json.utf8) } ?? []))
    }

    /// A create call that nothing is wrong with, with changes; null leaves a key out.
    static func creation(_ label: String = "matrix-one", _ changes: [String: Value] = [:]) -> Value {
        let whole: [String: Value] = [
            "region": "us-east", "type": "g6-standard-2", "image": "linode/debian12", "label": .string(label),
            "root_pass": "Zq7!Lp4%Xw9#aaaa",
            "authorized_keys": ["ssh-ed25519 AAAAC3 test"], "tags": ["solti-matrix"], "booted": true,
            "metadata": ["user_data": .string(Data("#cloud-config\n{}".utf8).base64EncodedString())],
        ]
        return .map(whole.merging(changes) { _, new in new }.filter { $0.value != .null })
    }

    /// Makes an instance and returns its id.
    func create(_ label: String = "matrix-one", _ changes: [String: Value] = [:]) async throws -> Int {
        let answer = try await ask("POST", "/linode/instances", Self.creation(label, changes))
        try #require(answer.status == 200, "\(answer.value)")
        return Int(nearest: try #require(answer.value["id"]?.number))
    }

    /// Waits until an instance has a status; nil until it is no more.
    func wait(_ id: Int, for status: String?) async throws {
        for _ in 0..<500 {
            let answer = try await ask("GET", "/linode/instances/\(id)")
            if answer.value["status"]?.string == status { return }
            try await Task.sleep(for: .milliseconds(2))
        }
        Issue.record("instance \(id) never was \(status ?? "gone")")
    }

    static func reasons(_ answer: FakeLinodeAnswer) -> [String] {
        guard case .list(let errors)? = answer.value["errors"] else { return [] }
        return errors.compactMap { $0["reason"]?.string }
    }

    static func fields(_ answer: FakeLinodeAnswer) -> [String] {
        guard case .list(let errors)? = answer.value["errors"] else { return [] }
        return errors.compactMap { $0["field"]?.string }
    }
}
