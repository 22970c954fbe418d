internal import Foundation
internal import MatrixCore
internal import MatrixWeb

/// Finds out, once for all nodes, which release to install and with which script.
struct K3sRelease: Sendable {
    /// What every node gets.
    struct Resolved: Sendable {
        /// `v1.31.5+k3s1`; nil if a given program decides.
        var version: String?
        /// The install script on this machine.
        var script: String
    }

    private let settings: K3sSettings
    private let state: String
    private let limit: Duration
    private let flight = SingleFlight<Resolved>()

    /// - Parameter limit: how long one download may take.
    init(settings: K3sSettings, state: String, limit: Duration = .seconds(30)) {
        self.settings = settings
        self.state = state
        self.limit = limit
    }

    /// - Throws: `InfrastructureError` if the channel or the script is not available; the next call tries again.
    func resolved() async throws -> Resolved {
        try await flight.value("release") { _ in Resolved(version: try await version(), script: try await script()) }
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
        guard let version = response.headers["location"]?.split(separator: "/").last.map(String.init), version.hasPrefix("v") else {
            throw InfrastructureError(
                "the K3s channel \(settings.version) cannot be resolved", why: "\(url) answered \(response.status) and names no release",
                next: "pin a release: version: v1.31.5+k3s1", type: .k3sChannel, isTransient: response.status >= 500)
        }
        return version
    }

    private func script() async throws -> String {
        if let script = settings.script { return script }
        let response = try await answer(of: settings.scriptURL, "install script", followsRedirects: true)
        guard response.status == 200, response.text.hasPrefix("#!") else {
            throw InfrastructureError(
                "the K3s install script could not be downloaded", why: "\(settings.scriptURL) answered \(response.status)",
                next: "name a local copy: script: install.sh", type: .k3sScript, isTransient: response.status >= 500)
        }
        let folder = "\(state)/k3s"
        let path = "\(folder)/install.sh"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try response.text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    private func answer(of url: String, _ what: String, followsRedirects: Bool = false) async throws -> WebReply {
        var settings = WebSettings()
        settings.redirects = followsRedirects ? 5 : 0
        settings.bodyLimit = 4 << 20
        let client = try WebClient(settings)
        do {
            return try await retrying {
                try await client.send(WebRequest("GET", url), within: limit)
            } pause: { error, attempt in
                attempt < 3 && [.refused, .closed, .connection].contains((error as? WebFailure)?.kind)
                    ? Backoff().pause(before: attempt) : nil
            }
        } catch let failure as WebFailure {
            throw InfrastructureError(
                "the K3s \(what) could not be downloaded", why: "\(url) does not answer (\(failure.message))",
                next: "name local copies: script:, binary: and a version:", type: .k3sDownload)
        }
    }
}
