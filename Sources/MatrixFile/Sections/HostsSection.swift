import MatrixCore

/// `hosts:`: the machines of a cell by role.
enum HostsSection {
    static let key = KeyShape("hosts", .map(.object(role)), "The hosts of each cell, by role. Default: one host")
    private static let role = ObjectShape(
        "a role",
        [
            KeyShape("count", .integer(1...1000), "How many hosts of this role. Default: `1`"),
            KeyShape(
                "groups", .oneOrMore(.pattern("[A-Za-z_][A-Za-z0-9_-]*", meaning: "the name of a group")), "Ansible groups of these hosts",
                nullable: true),
            KeyShape("size", .either([.text, .object(size)]), "What the hosts need. Default: the platform decides", nullable: true),
            InventorySection.hostVars,
        ])

    private static let size = ObjectShape(
        "a size",
        [
            KeyShape("cores", .integer(1...1024), "Processor cores", nullable: true),
            KeyShape("memory", .size, "Memory", nullable: true),
            KeyShape("disk", .size, "The root disk", nullable: true),
            KeyShape("type", .text, "The platform's own name for a size", nullable: true),
        ])

    /// Hosts with the same settings.
    struct Role: Hashable {
        var name: String
        var count: Int
        var groups: [String]
        var size: HostSize
        var location: SourceLocation
    }

    /// Reads the roles of a merged and rendered section.
    static func roles(of document: Document?) -> [Role] {
        guard let document else { return [] }
        return document.members.map { member in
            Role(
                name: member.key, count: member.value["count"]?.int ?? 1, groups: member.value["groups"]?.texts ?? [],
                size: size(of: member.value["size"]), location: member.keyLocation)
        }
    }

    private static func size(of document: Document?) -> HostSize {
        if let type = document?.text { return HostSize(type: type) }
        return HostSize(
            cores: document?["cores"]?.int, memory: document?["memory"]?.bytes, disk: document?["disk"]?.bytes,
            type: document?["type"]?.text)
    }
}
