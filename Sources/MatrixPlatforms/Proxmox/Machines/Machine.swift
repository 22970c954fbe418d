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

    /// Reads an element of `/nodes/{node}/qemu` or `/cluster/resources`; nil for containers.
    ///
    /// - Throws: `ProxmoxFault` if a machine's id or node cannot be read: it may be ours, and must not count as gone.
    static func read(_ value: Value, node: String? = nil) throws -> Machine? {
        if let type = value["type"]?.string, type != "qemu" { return nil }
        guard let vmid = id(value), let node = Self.node(value) ?? node else { throw unreadable(value) }
        return Machine(value, vmid: vmid, node: node)
    }

    static func id(_ value: Value) -> Int? { value["vmid"].flatMap { Int($0.text) }.flatMap { $0 > 0 ? $0 : nil } }

    static func node(_ value: Value) -> String? { value["node"]?.string.flatMap { HostGrammar.isName($0) ? $0 : nil } }

    static func unreadable(_ value: Value) -> ProxmoxFault {
        let words = "vmid \((value["vmid"] ?? .null).json), node \((value["node"] ?? .null).json)"
        return ProxmoxFault(
            request: "the list of machines", status: 200,
            message: "the answer has a machine that cannot be read: \(PlainText.clipped(words, to: 200))", kind: .fatal)
    }

    private init(_ value: Value, vmid: Int, node: String) {
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
