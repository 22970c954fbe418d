import MatrixCore

/// `platforms:`: places that lend hosts, each with the settings of its driver.
enum PlatformsSection {
    static let key = KeyShape("platforms", .map(.map(.any)), "Places that lend hosts, by the name that the platform axis uses")

    static let driver = KeyShape("driver", .text, "What kind of platform it is", required: true)

    static let unavailable = KeyShape(
        "unavailable", .choice(Unavailable.allCases.map(\.rawValue)),
        "What happens to its cells if variables or files that these settings need are not there: error, or skip unless the platform is "
            + "asked for by name. Default: `error`")

    static let onDemand = KeyShape(
        "on_demand", .boolean,
        "Whether its cells run only if the command line asks for them by name: --where platform=NAME or --cell. Default: `false`")

    /// The keys that a driver's settings may have.
    static func object(of declaration: Declaration) -> ObjectShape {
        var keys = [driver]
        var more = declaration.keys + [unavailable, onDemand]
        if case .object(let object) = declaration.subject { more = object.keys + more }
        for key in more where !keys.contains(where: { $0.name == key.name }) { keys.append(key) }
        return ObjectShape("a \(declaration.kind) platform", keys)
    }

    /// The driver of a platform; a driver without required settings needs no entry.
    static func driver(of platform: String, in platforms: Document, among drivers: [Declaration]) -> Declaration? {
        let kind = platforms[platform]?["driver"]?.text ?? platform
        return drivers.first { $0.kind == kind }
    }
}
