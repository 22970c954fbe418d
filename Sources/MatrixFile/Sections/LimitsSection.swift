import MatrixCore

/// `limits:`: bounds on what happens at once.
enum LimitsSection {
    static let key = KeyShape(
        "limits",
        .object(
            ObjectShape(
                "the limits",
                [
                    KeyShape("parallel", .integer(1...Int.max), "Cells at once"),
                    KeyShape("platform", .map(.either([.integer(1...Int.max), .object(ofPlatform)])), "Bounds by platform; a number: alive at once"),
                ])),
        "Bounds on what happens at once")

    private static let ofPlatform = ObjectShape(
        "the limits of a platform",
        [
            KeyShape("alive", .integer(1...Int.max), "Cells alive at once"),
            KeyShape("create", .integer(1...Int.max), "Creates at once"),
        ])

    static func limits(of document: Document?) -> Limits {
        var limits = Limits(parallel: document?["parallel"]?.int)
        for member in document?["platform"]?.members ?? [] {
            let alive = member.value.int ?? member.value["alive"]?.int
            limits.platforms[member.key] = Limits.OfPlatform(alive: alive, create: member.value["create"]?.int)
        }
        return limits
    }
}
