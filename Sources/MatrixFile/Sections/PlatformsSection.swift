import MatrixCore

/// `platforms:`: places that lend hosts, each with the settings of its driver.
enum PlatformsSection {
    static let key = KeyShape("platforms", .map(.map(.any)), "Places that lend hosts, by the name that the platform axis uses")

    /// Drivers that belong to matrix; one that the loader was not given is named as missing, not as a misspelling.
    static let known = ["podman", "proxmox", "linode", "k3s", "static", "command"]

    static let driver = KeyShape("driver", .text, "What kind of platform it is", required: true)

    /// The keys that a driver's settings may have.
    static func object(of declaration: Declaration) -> ObjectShape {
        var keys = [driver]
        if case .object(let object) = declaration.subject { keys += object.keys }
        for key in declaration.keys where !keys.contains(where: { $0.name == key.name }) { keys.append(key) }
        return ObjectShape("a \(declaration.kind) platform", keys)
    }

    /// The groups that a host has because of its platform, beside those that the file gives it.
    ///
    /// - Parameter isAlone: whether it is its cell's only host.
    static func groups(of role: String, isAlone: Bool, on platform: String, in platforms: Document) -> [String] {
        guard (platforms[platform]?["driver"]?.text ?? platform) == "k3s" else { return [] }
        return role == "control" || isAlone ? ["k3s_control"] : ["k3s_worker"]
    }
}
