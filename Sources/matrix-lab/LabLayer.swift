import Crypto
import Foundation
import MatrixCore
import MatrixTesting

/// Images for the lab's hosts, made from images of a cloud's hosts.
struct LabLayer {
    let kit: PodmanBridge.Kit
    /// The path of the certificate of an authority that the hosts trust.
    let authority: String?
    let runner: any Transport

    /// The image's name. The image is made if it does not exist. Labs with another authority share most of it.
    func image(on base: String) async throws -> String {
        let host = try await layer("fixtures/lab/host.sh", on: base)
        guard let authority else { return host }
        return try await layer("fixtures/lab/trust.sh", on: host, input: try Data(contentsOf: URL(fileURLWithPath: authority)))
    }

    private func layer(_ path: String, on base: String, input: Data = Data()) async throws -> String {
        let script = try String(contentsOfFile: LabFiles.path(path), encoding: .utf8)
        let id = try await podman(["image", "inspect", "--format", "{{.Id}}", base])
        let digest = SHA256.hash(data: input + Data((script + id).utf8)).prefix(6).hexadecimal
        let name = "localhost/solti-matrix/lab:\(digest)"
        if try await runner.run(Command(["podman", "image", "exists", name])).succeeded { return name }
        let container = "solti-lab-image-\(UUID().uuidString.prefix(8))"
        try await withCleanup {
            let words =
                kit.options + ["run", "--interactive", "--name", container, "--no-hosts", "--pull=never", "--user=root", "--entrypoint="]
            try await podman(words + kit.creation + [base, "sh", "-c", script], input: Array(input))
            try await podman([
                "commit", "--quiet", "--change", "CMD [\"/sbin/init\"]", "--change", "STOPSIGNAL SIGRTMIN+3", container, name,
            ])
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
