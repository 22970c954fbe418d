extension PlatformSettings {
    /// Drivers whose hosts are those of other platforms, which `nodes:` names.
    private static let borrowing: Set<String> = ["k3s"]

    /// The names of the platforms that lend this one its hosts, each where it is named.
    public var lenders: [Document] {
        guard Self.borrowing.contains(driver), let nodes = options["nodes"] else { return [] }
        return nodes.text != nil ? [nodes] : nodes.members.map(\.value)
    }
}
