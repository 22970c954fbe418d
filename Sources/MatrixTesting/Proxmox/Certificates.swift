internal import Foundation
import MatrixCore

/// A certificate authority and a leaf certificate for 127.0.0.1 that it signed, made by openssl.
public struct Certificates: Sendable {
    public let authority: String
    public let leaf: String
    public let key: String
    /// The leaf's SHA-256 as openssl prints it: `AA:BB:…`.
    public let fingerprint: String

    private static let making = Task { try await Certificates(in: try TemporaryFolder.make()) }

    /// The certificates that all tests share.
    public static var shared: Certificates { get async throws { try await making.value } }

    private init(in folder: String) async throws {
        authority = "\(folder)/ca.pem"
        leaf = "\(folder)/leaf.pem"
        key = "\(folder)/leaf.key"
        let curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        try await Self.openssl(
            ["req", "-x509"] + curve + ["-keyout", "\(folder)/ca.key", "-out", authority, "-days", "2", "-subj", "/CN=Test PVE CA"])
        try await Self.openssl(["req"] + curve + ["-keyout", key, "-out", "\(folder)/leaf.csr", "-subj", "/CN=pve1"])
        try "subjectAltName=IP:127.0.0.1,DNS:localhost\n".write(toFile: "\(folder)/leaf.ext", atomically: true, encoding: .utf8)
        try await Self.openssl([
            "x509", "-req", "-in", "\(folder)/leaf.csr", "-CA", authority, "-CAkey", "\(folder)/ca.key", "-CAcreateserial", "-out", leaf,
            "-days", "2",
            "-extfile", "\(folder)/leaf.ext",
        ])
        let printed = try await Self.openssl(["x509", "-in", leaf, "-noout", "-fingerprint", "-sha256"])
        fingerprint = String(printed.split(separator: "=").last ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
    }

    @discardableResult
    private static func openssl(_ arguments: [String]) async throws -> String {
        let (status, output, error) = try await ServerProcess.run(["openssl"] + arguments)
        guard status == 0 else { throw InfrastructureError("openssl \(arguments.joined(separator: " "))", why: error, isTransient: false) }
        return output
    }
}
