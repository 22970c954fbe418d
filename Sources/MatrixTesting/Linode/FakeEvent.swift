internal import Foundation
internal import MatrixCore

/// An entry of the account's event log.
struct FakeEvent: Sendable {
    let id: Int
    let action: String
    /// What the event is about; `type` is `linode` or `tag`.
    let entity: (type: String, id: Int, label: String)
    let created: Date
    let begins: ContinuousClock.Instant
    /// When it ends; nil if it never ends.
    var ends: ContinuousClock.Instant?
    var fails = false
    var message = ""

    func value(at now: ContinuousClock.Instant) -> Value {
        let isOver = ends.map { $0 <= now } ?? false
        let status = isOver ? (fails ? "failed" : "finished") : (begins <= now ? "started" : "scheduled")
        var object: [String: Value] = ["type": .string(entity.type), "label": .string(entity.label), "url": .string(path)]
        if entity.type != "tag" { object["id"] = .int(entity.id) }
        return .map([
            "id": .int(id), "action": .string(action), "created": .string(FakeInstance.text(created)), "entity": .map(object),
            "status": .string(status),
            "percent_complete": .int(isOver ? 100 : 40), "username": "tester", "message": .string(message), "seen": false, "read": false,
            "rate": .null,
            "time_remaining": .null, "duration": .double(isOver ? 12.5 : 0), "secondary_entity": .null,
        ])
    }

    private var path: String { entity.type == "tag" ? "/v4/tags/\(entity.label)" : "/v4/linode/instances/\(entity.id)" }
}
