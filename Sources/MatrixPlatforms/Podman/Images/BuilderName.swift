internal import MatrixCore

/// The name of the container in which an image is built. It shows that the container is ours, and which run owns it.
///
/// A label cannot do this: `podman commit` copies the labels into the image, and every container of it would inherit them.
struct BuilderName: Sendable, Hashable {
    static let prefix = "solti-matrix-build-"

    let text: String

    init(image: String, run: RunID?) {
        text = Self.stem(of: image) + (run?.value ?? "none")
    }

    /// Whether a container builds this image, for any run.
    static func matches(_ name: String, _ image: String) -> Bool { name.hasPrefix(stem(of: image)) }

    /// The run for which a container builds an image; nil if its name is not a builder's.
    static func run(of name: String) -> RunID? {
        guard name.hasPrefix(prefix) else { return nil }
        // yyMMdd-HHmmss-xxxx ends the name.
        let parts = name.split(separator: "-").suffix(3)
        guard parts.count == 3, parts.first?.count == 6 else { return nil }
        return RunID(shown: parts.joined(separator: "-"))
    }

    private static func stem(of image: String) -> String {
        let last = image.split(separator: "/").last.map(String.init) ?? image
        return prefix + last.replacing(":", with: "-") + "-"
    }
}
