import MatrixCore

/// Finds out how qemu-guest-agent can get to the clones of a new template.
struct AgentSource: Sendable {
    /// One way.
    enum Way: Sendable, Hashable {
        case node
        case runner
        /// By vendor data on this storage.
        case cloudInit(storage: String)
    }

    /// The ways that can be tried.
    struct Ways: Sendable {
        /// In the order of their trial.
        var all: [Way] = []
        /// Whether a template without an agent will do.
        var isOptional = true
        /// Why the other ways do not exist, and what would make them.
        var missing: [String] = []
    }

    let os: OperatingSystem
    let settings: ProxmoxSettings
    let client: ProxmoxClient
    let shell: NodeShell?
    let runner: any Transport

    private var node: String { settings.nodes[0] }

    /// `virt-customize` on this machine.
    var here: ImageCustomizer { ImageCustomizer(place: "this machine") { [runner] in try await runner.run($0) } }
    /// `virt-customize` on the node.
    var there: ImageCustomizer? { shell.map { shell in ImageCustomizer(place: node) { try await shell.run($0) } } }

    /// - Throws: `InfrastructureError` if the settings name a way that does not exist.
    func ways() async throws -> Ways {
        if os.hasGuestAgent == true || !settings.build.agent { return Ways() }
        switch settings.build.guestAgent {
        case .off: return Ways()
        case .auto: return try await every()
        case .node: return try await only("node", onNode)
        case .runner: return try await only("runner", onRunner)
        case .cloudInit: return try await only("cloud-init", byCloudInit)
        }
    }

    /// What the node installs once is better than what each clone installs again.
    private func every() async throws -> Ways {
        var ways = Ways()
        for look in [onNode, onRunner, byCloudInit] {
            switch try await look() {
            case .success(let way): ways.all.append(way)
            case .failure(let why): ways.missing.append(why.description)
            }
        }
        return ways
    }

    private func only(_ name: String, _ look: () async throws -> Result<Way, ImageCustomizer.Failure>) async throws -> Ways {
        switch try await look() {
        case .success(let way): return Ways(all: [way], isOptional: false)
        case .failure(let why):
            throw InfrastructureError(
                "building the template of \(os.name)", why: "guest_agent: \(name) is not possible: \(why)",
                next: "or write template_build: { guest_agent: auto }", type: .templateImage, isTransient: false)
        }
    }

    private func onNode() async throws -> Result<Way, ImageCustomizer.Failure> {
        guard let there else { return .failure(.init(description: "there is no ssh: to install it on \(node)")) }
        if try await there.isThere() { return .success(.node) }
        return .failure(.init(description: "virt-customize is not installed on \(node) (\(ImageCustomizer.install))"))
    }

    private func onRunner() async throws -> Result<Way, ImageCustomizer.Failure> {
        // A runner that cannot be asked has no virt-customize.
        if (try? await here.isThere()) == true { return .success(.runner) }
        return .failure(.init(description: "virt-customize is not installed on this machine (\(ImageCustomizer.install))"))
    }

    private func byCloudInit() async throws -> Result<Way, ImageCustomizer.Failure> {
        guard let shell else { return .failure(.init(description: "cloud-init's vendor data needs ssh:")) }
        if let storage = try await VendorData(client: client, node: node, shell: shell).storage() {
            return .success(.cloudInit(storage: storage))
        }
        return .failure(.init(description: "no storage of \(node) accepts snippets (pvesm set STORAGE --content …,snippets)"))
    }
}
