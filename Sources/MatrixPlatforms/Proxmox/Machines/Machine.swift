import MatrixCore

/// A virtual machine or template in a node's list.
struct Machine: Sendable, Hashable {
    var vmid: Int
    var node: String
    /// Empty during cloning: the server writes the name last.
    var name: String
    var tags: [String]
    var isTemplate: Bool
    var isRunning: Bool
    /// The operation that holds it: `clone`, `backup`.
    var lock: String?

    /// Reads an element of `/nodes/{node}/qemu` or `/cluster/resources`; nil for containers and entries without a VMID.
    init?(_ value: Value, node: String? = nil) {
        guard let vmid = value["vmid"].flatMap({ Int($0.text) }), let node = value["node"]?.string ?? node else { return nil }
        if let type = value["type"]?.string, type != "qemu" { return nil }
        self.vmid = vmid
        self.node = node
        // A machine without a name is listed as `VM 20001`.
        name = value["name"]?.string.flatMap { $0 == "VM \(vmid)" ? nil : $0 } ?? ""
        tags = Self.tags(value["tags"]?.string ?? "")
        isTemplate = value["template"].map { $0.text == "1" || $0 == .bool(true) } ?? false
        isRunning = value["status"]?.string == "running"
        lock = value["lock"]?.string?.unlessEmpty
    }

    /// A tag list's tags, in lower case as the server compares them.
    static func tags(_ text: String) -> [String] {
        text.lowercased().split(whereSeparator: { $0 == ";" || $0 == "," || $0 == " " }).map(String.init)
    }
}
