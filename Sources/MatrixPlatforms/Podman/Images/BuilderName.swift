internal import MatrixCore

/// The name of the container in which an image is made: what tells it as ours and whose it is.
///
/// A label cannot: `podman commit` writes the container's labels into the image, and from there they would come into every
/// container made of it.
struct BuilderName: Sendable, Hashable {
    static let prefix = "solti-matrix-build-"

    let text: String

    init(image: String, run: RunID?) {
        text = Self.stem(of: image) + (run?.value ?? "none")
    }

    /// Whether a container makes this image, for any run.
    static func matches(_ name: String, _ image: String) -> Bool { name.hasPrefix(stem(of: image)) }

    /// The run for which a container makes an image; nil where its name is no builder's.
    static func run(of name: String) -> RunID? {
        guard name.hasPrefix(prefix) else { return nil }
        // yyMMdd-HHmmss-xxxx ends the name.
        let parts = name.split(separator: "-").suffix(3)
        guard parts.count == 3, parts.first?.count == 6 else { return nil }
        return RunID(parts.joined(separator: "-"))
    }

    private static func stem(of image: String) -> String {
        let last = image.split(separator: "/").last.map(String.init) ?? image
        return prefix + last.replacing(":", with: "-") + "-"
    }
}
