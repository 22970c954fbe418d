public import MatrixCore

/// The driver `proxmox`: virtual machines on Proxmox VE 8 and 9, cloned from templates.
public enum ProxmoxDriver {
    /// The keys of its settings.
    public static let declaration = Declaration(
        kind: "proxmox", subject: .object(ObjectShape("settings of a proxmox platform", keys)),
        summary: "virtual machines on Proxmox VE, cloned from cloud-init templates",
        example: """
            proxmox:
              driver: proxmox
              endpoint: ${env.PROXMOX_URL}
              token: { id: "${env.PROXMOX_USER}!${env.PROXMOX_TOKEN_ID}", secret: { env: PROXMOX_TOKEN_SECRET } }
              node: ${env.PROXMOX_NODE}
              vmids: 20000-20999
              storage: local-lvm
              bridge: vmbr0
              tls: { ca: pve-root-ca.pem }
            """,
        // With `auto` a template without an agent will do.
        programs: { $0["template_build"]?["guest_agent"]?.text == AgentChoice.runner.rawValue ? [.useful("virt-customize")] : [] },
        promises: { _ in Promises(except: [.price: .withheld("it does not know what your servers cost")]) },
        examine: SettingsReader.examine)

    /// Makes the platform. Sends nothing yet.
    ///
    /// Secrets come from the context, by the path of their key: `token.secret`, `login.password`.
    /// - Throws: `UsageError` if the settings cannot be used.
    static func make(settings: PlatformSettings, in context: PlatformContext) throws -> any Platform {
        try platform(settings, in: context)
    }

    static func platform(_ settings: PlatformSettings, in context: PlatformContext, pace: ProxmoxPace? = nil) throws -> ProxmoxPlatform {
        let read = try SettingsReader.read(settings.options)
        return try ProxmoxPlatform(
            name: settings.name, settings: read, connection: connection(read, in: context, pace: pace), context: context)
    }

    /// The connection to the API that the settings name.
    static func connection(_ settings: ProxmoxSettings, in context: PlatformContext, pace: ProxmoxPace? = nil) throws -> ProxmoxConnection {
        let shell = try shell(settings, in: context)
        let caller: any ProxmoxCaller
        switch settings.transport {
        case .ssh:
            guard let shell else {
                throw UsageError(
                    "transport: ssh needs the node's SSH login",
                    hint: "write ssh: { host: NODE, user: root }")
            }
            caller = ShellCaller(shell, noted: context.noted)
        case .api: caller = try rest(settings, in: context)
        }
        return ProxmoxConnection(client: ProxmoxClient(caller, pace: pace ?? ProxmoxPace()), shell: shell)
    }

    private static func shell(_ settings: ProxmoxSettings, in context: PlatformContext) throws -> NodeShell? {
        guard let shell = settings.shell else { return nil }
        if let connector = context.connector { return NodeShell(shell, connector: connector) }
        if settings.transport == .ssh || settings.address == .neighbour {
            throw UsageError("this command opens no SSH connection to \(shell.host)", hint: "use transport: api")
        }
        return nil
    }

    private static func rest(_ settings: ProxmoxSettings, in context: PlatformContext) throws -> any ProxmoxCaller {
        guard let endpoint = settings.endpoint else {
            throw UsageError(
                "transport: api needs an endpoint",
                hint: "write endpoint: https://NODE:8006, or transport: ssh")
        }
        let login = ProxmoxLogin(try credentials(settings, in: context))
        do {
            return try RESTCaller(endpoint: endpoint, trust: settings.trust, login: login, through: context.web)
        } catch {
            throw UsageError(
                "the certification authority cannot be read: \(error)",
                hint: "tls.ca must be a PEM file such as the node's /etc/pve/pve-root-ca.pem")
        }
    }

    private static func credentials(_ settings: ProxmoxSettings, in context: PlatformContext) throws -> ProxmoxLogin.Credentials {
        let key = settings.tokenID == nil ? "login.password" : "token.secret"
        guard let secret = context.secrets[key], !secret.isEmpty else {
            throw UsageError("\(key) of the proxmox platform has no value", hint: "name its source: \(key): { env: VARIABLE }")
        }
        if let id = settings.tokenID { return .token(id: id, secret: secret) }
        return .password(user: settings.loginUser ?? "root@pam", password: secret)
    }
}

/// The API and, if there is one, the node's shell.
struct ProxmoxConnection: Sendable {
    var client: ProxmoxClient
    var shell: NodeShell?
}
