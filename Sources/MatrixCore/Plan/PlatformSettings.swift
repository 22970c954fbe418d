/// A platform as a settings file describes it.
public struct PlatformSettings: Sendable, Hashable {
    /// The name that the `platform` axis uses.
    public var name: String
    /// `podman`, `proxmox`, `linode`, `k3s`, `static`, `command`.
    public var driver: String
    /// The whole map of the settings file, validated against the driver's declaration; paths in it are relative to the
    /// file of their `location`. `${env.X}` is resolved; secrets stand as references or `{ env: … }` maps.
    public var options: Document

    public init(name: String, driver: String, options: Document) {
        self.name = name
        self.driver = driver
        self.options = options
    }
}
