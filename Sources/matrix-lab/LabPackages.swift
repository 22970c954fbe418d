import Foundation
import MatrixCore
import MatrixTesting

/// Stand-ins for the applications' packages, and the server that has them under the names of the real repositories.
struct LabPackages {
    /// The folder that they were built in.
    let folder: String
    private static let server = "fixtures/lab/packages/serve.py"

    /// Builds what is missing.
    static func build(in folder: String) async throws -> LabPackages {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try await LabFiles.run("fixtures/lab/packages/build.sh", folder)
        return LabPackages(folder: folder)
    }

    /// The certificate of the authority that signed the server's certificate.
    var authority: String { "\(folder)/ca.pem" }

    /// The host names that the server answers for.
    func names() throws -> [String] {
        try String(contentsOfFile: "\(folder)/hosts", encoding: .utf8).split(whereSeparator: \.isWhitespace).map(String.init)
    }

    /// Serves the packages in a container on a bridge, and sends a request to each of its names.
    ///
    /// - Returns: its address.
    func serve(on bridge: PodmanBridge, image: String) async throws -> String {
        let name = "\(bridge.name)-packages"
        let program = LabFiles.path(Self.server)
        try await bridge.run(
            ["python3", "-u", program, folder, "--address", "0.0.0.0", "--port", "443"], named: name, image: image,
            reading: [folder, URL(fileURLWithPath: program).deletingLastPathComponent().path])
        let address = bridge.address(of: name)
        for host in try names() { try await ask(host, at: address) }
        return address
    }

    /// What PROVISION does on a host outside the bridge so that it finds the names and trusts the certificate: a value of `--set`.
    ///
    /// - Parameter address: where the packages are served.
    func setting(at address: String) throws -> String {
        let trust = try String(contentsOfFile: LabFiles.path("fixtures/lab/trust.sh"), encoding: .utf8)
        let certificate = try String(contentsOfFile: authority, encoding: .utf8)
        let script = """
            echo \(ShellQuoting.quote("\(address) \(try names().joined(separator: " "))")) >>/etc/hosts
            printf '%s' \(ShellQuoting.quote(certificate)) | sh -c \(ShellQuoting.quote(trust))
            """
        return "provision.run=[\(Value.string(script).json)]"
    }

    /// Accepts any reply, but the certificate must be valid.
    private func ask(_ host: String, at address: String) async throws {
        let command = [
            "curl", "--silent", "--show-error", "--output", "/dev/null", "--cacert", authority, "--noproxy", "*", "--resolve",
            "\(host):443:\(address)",
            "--retry", "20", "--retry-connrefused", "--retry-delay", "1", "--max-time", "60", "https://\(host)/",
        ]
        let (status, _, errors) = try await ServerProcess.run(command)
        guard status == 0 else { throw InfrastructureError("the lab's \(host) does not answer", why: errors, isTransient: false) }
    }
}
