/// A host that is to be made on a bridge.
public struct BridgeHost: Sendable {
    /// The container's.
    public var name: String
    /// As the host calls itself.
    public var hostName: String
    /// The container image.
    public var image: String
    /// The system that it is, or stands in for: `rocky9`.
    public var system: String
    /// What is in it when it first boots, by absolute path.
    public var files: [String: String]

    public init(name: String, hostName: String, image: String, system: String, files: [String: String] = [:]) {
        self.name = name
        self.hostName = hostName
        self.image = image
        self.system = system
        self.files = files
    }
}
