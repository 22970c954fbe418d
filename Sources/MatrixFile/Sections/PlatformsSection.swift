import MatrixCore

/// `platforms:`: places that lend hosts, each with the settings of its driver.
enum PlatformsSection {
    static let key = KeyShape("platforms", .map(.map(.any)), "Places that lend hosts, by the name that the platform axis uses")

    /// Drivers of the design; one that is not there is named as such, not as a misspelling.
    static let designed = ["podman", "proxmox", "linode", "k3s", "static", "command"]

    static let driver = KeyShape("driver", .text, "What kind of platform it is", required: true)

    /// The keys that a driver's settings may have.
    static func object(of declaration: Declaration) -> ObjectShape {
        var keys = [driver]
        if case .object(let object) = declaration.subject { keys += object.keys }
        for key in declaration.keys where !keys.contains(where: { $0.name == key.name }) { keys.append(key) }
        return ObjectShape("a \(declaration.kind) platform", keys)
    }

    /// Other platforms whose hosts this one uses (`nodes:` of k3s), with where they are named.
    static func lenders(of settings: Document) -> [Document] {
        guard settings["driver"]?.text == "k3s", let nodes = settings["nodes"] else { return [] }
        return nodes.text != nil ? [nodes] : nodes.members.map(\.value)
    }
}
