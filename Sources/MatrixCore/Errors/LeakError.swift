/// A resource may be left behind at a platform: the exit status is 4.
public struct LeakError: Error, CustomStringConvertible {
    let resource: Resource
    /// Why it could not be removed.
    let why: String

    public init(_ resource: Resource, why: String) {
        self.resource = resource
        self.why = why
    }

    public var description: String {
        "\(resource.kind) \(resource.name) on \(resource.platform) may be left behind: \(why); remove it with: "
            + "matrix reap --run \(resource.run)"
    }
}
