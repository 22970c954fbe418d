/// A host to be made on a bridge.
public struct BridgeHost: Sendable {
    /// The container's name.
    public var name: String
    /// The host name inside the container.
    public var hostName: String
    /// The container image.
    public var image: String
    /// The system that it has or stands in for: `rocky9`.
    public var system: String
    /// The files in it on its first boot, by absolute path.
    public var files: [String: String]

    public init(name: String, hostName: String, image: String, system: String, files: [String: String] = [:]) {
        self.name = name
        self.hostName = hostName
        self.image = image
        self.system = system
        self.files = files
    }
}
