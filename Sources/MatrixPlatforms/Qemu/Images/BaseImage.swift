internal import MatrixCore

/// An image on which guests' disks build. It is never written.
struct BaseImage: Sendable, Hashable {
    /// For reports: the file's name, with the beginning of its checksum if it came from the cache.
    var name: String
    /// Absolute.
    var path: String
    /// `qcow2` or `raw`.
    var format: String
    /// The size of its disk in bytes.
    var virtualSize: Int

    /// Reads what `qemu-img info --output=json` says of a file.
    ///
    /// - Throws: `InfrastructureError` if a guest's disk cannot build on it.
    init(path: String, info: Value) throws {
        func refuse(_ why: String) -> InfrastructureError {
            InfrastructureError(
                "the image \(path) cannot be used", why: why, next: "name a qcow2 or raw image of a disk", type: .qemuImage,
                isTransient: false)
        }
        guard let format = info["format"]?.string else { throw refuse("qemu-img does not say its format") }
        guard format == "qcow2" || format == "raw" else { throw refuse("its format is \(format), not qcow2 or raw") }
        // It could name any file of this machine.
        if let backing = info["backing-filename"]?.string {
            throw refuse("it has the backing file \(PlainText.clipped(PlainText.clean(backing), to: 200)): it must be complete")
        }
        if info["format-specific"]?["data"]?["data-file"] != nil { throw refuse("its data is in another file: it must be complete") }
        guard let size = info["virtual-size"].flatMap({ Int($0.text) }), size > 0 else { throw refuse("qemu-img does not say its size") }
        name = path.split(separator: "/").last.map(String.init) ?? path
        self.path = path
        self.format = format
        virtualSize = size
    }
}

/// A URL of an image that ends with the image's checksum: `https://…/image.qcow2#sha256:…`.
struct PinnedImage: Sendable, Hashable {
    var url: String
    var checksum: ImageChecksum

    init?(_ text: String) {
        let parts = text.split(separator: "#", maxSplits: 1).map(String.init)
        guard parts.count == 2, let checksum = ImageChecksum(parts[1]) else { return nil }
        url = parts[0]
        self.checksum = checksum
    }
}
