internal import MatrixCore

/// Checks an image on the node before `qm importdisk`, which accepts any file. Newer servers check it themselves.
struct ImageCheck: Sendable {
    let shell: NodeShell

    /// - Throws: `InfrastructureError` if it is not a standalone qcow2 image, or is bigger than the template's disk: disks do not shrink.
    func check(_ path: String, disk: Int) async throws {
        let command = Command(["qemu-img", "info", "--output=json", path], timeout: .seconds(60))
        let result = try await shell.run(command)
        guard result.succeeded, let info = Value(json: result.output) else {
            throw Self.error("qemu-img cannot read it: \((result.errorOutput.unlessEmpty ?? result.output).stripped)")
        }
        guard info["format"]?.string == "qcow2" else {
            throw Self.error("its format is \(info["format"]?.text ?? "unknown") instead of qcow2")
        }
        // With a backing file the template would depend on a file of the node.
        if let backing = info["backing-filename"]?.string { throw Self.error("it has the backing file \(backing): it must be standalone") }
        guard let size = info["virtual-size"].flatMap({ Int($0.text) }) else { throw Self.error("qemu-img does not report its size") }
        guard size <= disk else {
            throw Self.error(
                "its disk has \(ByteSize.brief(size)), the template's only \(ByteSize.brief(disk))", next: "raise template_build.disk")
        }
    }

    private static func error(_ why: String, next: String? = nil) -> InfrastructureError {
        InfrastructureError("the image cannot be imported", why: why, next: next, type: .templateImage, isTransient: false)
    }
}
