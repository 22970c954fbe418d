internal import MatrixCore

/// One container as `podman ps --format json` lists it.
struct ListedContainer: Sendable {
    let value: Value

    var id: String { value["Id"]?.string ?? "" }
    /// Names come without a leading slash.
    var name: String { value["Names"]?.elements.first?.string ?? "" }
    var isRunning: Bool { value["State"]?.string == "running" }
    /// Whether it is only a file system without labels, which a killed `podman create` leaves.
    var isStorageOnly: Bool { value["State"]?.string?.lowercased() == "storage" }
    var labels: [String: String] { PodmanLabels.read(value["Labels"]) }
    /// When it was made, in seconds since 1970.
    var created: Double? { value["Created"]?.number }

    /// Its resource; nil if it is not ours.
    func resource(platform: String) -> Resource? {
        if let resource = PodmanLabels.resource(labels, kind: PodmanPlatform.containerKind, name: name, id: id) { return resource }
        guard let run = BuilderName.run(of: name) else { return nil }
        let expires = created.map { Timestamp(seconds: $0) + .seconds(4 * 3600) }
        return Resource(platform: platform, kind: PodmanPlatform.containerKind, name: name, id: id, run: run, cell: "", expires: expires)
    }
}
