internal import AsyncHTTPClient
internal import Foundation
internal import MatrixCore
internal import NIOCore
internal import NIOHTTP1

/// Finds out, once for all nodes, which release to install and with which script.
actor K3sRelease {
    /// What every node gets.
    struct Resolved: Sendable {
        /// `v1.31.5+k3s1`; nil if a given program decides.
        var version: String?
        /// The install script on this machine.
        var script: String
    }

    private let settings: K3sSettings
    private let state: String
    private var task: Task<Resolved, any Error>?

    init(settings: K3sSettings, state: String) {
        self.settings = settings
        self.state = state
    }

    /// - Throws: `InfrastructureError` if the channel or the script is not available; the next call tries again.
    func resolved() async throws -> Resolved {
        let task = self.task ?? Task { [self] in Resolved(version: try await version(), script: try await script()) }
        self.task = task
        do { return try await task.value } catch {
            self.task = nil
            throw error
        }
    }

    /// The release that `k3s --version` names: `k3s version v1.31.5+k3s1 (56ec5dd4)`.
    static func version(in text: String) -> String? {
        text.split(separator: " ").map(String.init).first { $0.hasPrefix("v") && $0.dropFirst().first?.isNumber == true }
    }

    /// A channel answers with a redirection to its release's page, whose last part is the version.
    private func version() async throws -> String? {
        if settings.isPinned { return settings.version }
        if settings.isAirgapped { return nil }
        let url = "\(settings.channelURL)/\(settings.version)"
        let response = try await answer(of: url, "channel \(settings.version)")
        guard let version = response.location?.split(separator: "/").last.map(String.init), version.hasPrefix("v") else {
            throw InfrastructureError(
                "the K3s channel \(settings.version) cannot be resolved", why: "\(url) answered \(response.status) and names no release",
                next: "pin a release: version: v1.31.5+k3s1", type: .k3sChannel, isTransient: response.status >= 500)
        }
        return version
    }

    private func script() async throws -> String {
        if let script = settings.script { return script }
        let response = try await answer(of: settings.scriptURL, "install script", followsRedirects: true)
        guard response.status == 200, response.body.hasPrefix("#!") else {
            throw InfrastructureError(
                "the K3s install script cannot be had", why: "\(settings.scriptURL) answered \(response.status)",
                next: "name a local copy: script: install.sh", type: .k3sScript, isTransient: response.status >= 500)
        }
        let folder = "\(state)/k3s"
        let path = "\(folder)/install.sh"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try response.body.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    private struct Response {
        var status: Int
        var location: String?
        var body: String
    }

    private func answer(of url: String, _ what: String, followsRedirects: Bool = false) async throws -> Response {
        let configuration = HTTPClient.Configuration(redirectConfiguration: followsRedirects ? .follow(max: 5, allowCycles: false) : .disallow)
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        let outcome: Result<Response, any Error>
        do {
            let response = try await client.execute(HTTPClientRequest(url: url), timeout: .seconds(30))
            let body = try await response.body.collect(upTo: 4 << 20)
            outcome = .success(
                Response(status: Int(response.status.code), location: response.headers.first(name: "location"), body: String(buffer: body)))
        } catch { outcome = .failure(error) }
        await Task { try? await client.shutdown() }.value
        do { return try outcome.get() } catch {
            try Task.checkCancellation()
            throw InfrastructureError(
                "the K3s \(what) cannot be had", why: "\(url) does not answer (\(error))", next: "name local copies: script:, binary: and a version:",
                type: .k3sDownload)
        }
    }
}
