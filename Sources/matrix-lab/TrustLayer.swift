import Crypto
import Foundation
import MatrixCore
import MatrixTesting

/// An image of hosts that trust a further certification authority, made of another image.
struct TrustLayer {
    let kit: PodmanBridge.Kit
    /// The path of its certificate.
    let authority: String
    let runner: any Transport

    /// Debian's programs read the first place, Rocky's the second; the stand-in for Rocky is Debian below.
    private static let script = """
        mkdir -p /usr/local/share/ca-certificates /etc/pki/ca-trust/source/anchors
        cat >/usr/local/share/ca-certificates/solti-lab.crt
        cp /usr/local/share/ca-certificates/solti-lab.crt /etc/pki/ca-trust/source/anchors/solti-lab.pem
        if command -v update-ca-certificates; then update-ca-certificates; else update-ca-trust; fi
        """

    /// The image's name; it is made where it is not there yet.
    func image(on base: String) async throws -> String {
        guard let certificate = FileManager.default.contents(atPath: authority) else {
            throw InfrastructureError("no certificate at \(authority)", why: "it cannot be read", isTransient: false)
        }
        let id = try await podman(["image", "inspect", "--format", "{{.Id}}", base])
        let digest = SHA256.hash(data: certificate + Data((Self.script + id).utf8)).prefix(6).map { String(UInt16($0) | 0x100, radix: 16).dropFirst() }.joined()
        let name = "localhost/solti-matrix/lab:\(digest)"
        if try await runner.run(Command(["podman", "image", "exists", name])).succeeded { return name }
        let container = "solti-lab-image-\(UUID().uuidString.prefix(8))"
        try await withCleanup {
            let words = kit.options + ["run", "--interactive", "--name", container, "--no-hosts", "--network=none", "--pull=never", "--user=root", "--entrypoint="]
            try await podman(words + kit.creation + [base, "sh", "-ec", Self.script], input: Array(certificate))
            try await podman(["commit", "--quiet", "--change", "CMD [\"/sbin/init\"]", "--change", "STOPSIGNAL SIGRTMIN+3", container, name])
        } cleanup: {
            _ = try? await podman(["rm", "--force", "--ignore", "--time", "0", container])
        }
        return name
    }

    @discardableResult
    private func podman(_ words: [String], input: [UInt8]? = nil) async throws -> String {
        let command = Command(["podman"] + words, input: input, timeout: .seconds(300))
        return try await runner.require(command, "making an image of the lab").output
    }
}
