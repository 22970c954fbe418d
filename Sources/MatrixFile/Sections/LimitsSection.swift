import MatrixCore

/// `limits:`: what may happen at the same time.
enum LimitsSection {
    static let key = KeyShape(
        "limits",
        .object(
            ObjectShape(
                "the limits",
                [
                    KeyShape("parallel", .integer(1...Int.max), "The most cells at once"),
                    KeyShape(
                        "platform", .map(.either([.integer(1...Int.max), .object(ofPlatform)])),
                        "Limits by platform; a plain number is `alive`"),
                ])),
        "What may happen at the same time")

    private static let ofPlatform = ObjectShape(
        "the limits of a platform",
        [
            KeyShape("alive", .integer(1...Int.max), "The most cells alive at once"),
            KeyShape("create", .integer(1...Int.max), "The most creates at once"),
        ])

    static func limits(of document: Document?) -> Limits {
        var limits = Limits(parallel: document?["parallel"]?.int)
        for member in document?["platform"]?.members ?? [] {
            limits.alive[member.key] = member.value.int ?? member.value["alive"]?.int
            limits.creates[member.key] = member.value["create"]?.int
        }
        return limits
    }
}
