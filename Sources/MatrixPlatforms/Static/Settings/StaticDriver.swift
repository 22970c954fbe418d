import MatrixCore

/// The driver `static`: existing hosts, lent to one cell at a time and never destroyed.
enum StaticDriver {
    /// The keys of its settings.
    static let declaration = Declaration(
        kind: "static", subject: .object(ObjectShape("a static pool", keys)),
        summary: "Existing hosts: leased to one cell at a time, reset afterwards, never destroyed",
        example: """
            pi-farm:
              driver: static
              user: pi
              os: debian12
              hosts:
                - { name: rpi-01, address: 192.168.1.50, roles: [control] }
                - { name: rpi-02, address: 192.168.1.51, roles: [worker] }
              wait: 1h
              reset:
                - { name: k3s, run: "[ ! -x /usr/local/bin/k3s-uninstall.sh ] || /usr/local/bin/k3s-uninstall.sh" }
            """,
        programs: { $0["inventory"] == nil ? [] : [.needed("ansible-inventory")] },
        promises: { _ in
            Promises(except: [
                .listing: .withheld("only the state folder's ledger knows who has a host"),
                .price: .withheld("existing hosts cost nothing more"), .power: .withheld("existing hosts are switched by hand"),
                .size: .withheld("existing hosts are as they are; a cell gets one that is large enough"),
            ])
        },
        examine: { document in StaticSettingsReader.examine(document) })

    /// Makes the platform; no host is asked yet.
    /// - Throws: `UsageError` if the settings cannot be used.
    static func make(settings: PlatformSettings, in context: PlatformContext) throws -> any Platform {
        let read = try StaticSettingsReader.read(settings.options)
        guard let book = context.pools, let connector = context.connector else {
            throw UsageError("the pool \(settings.name) needs a ledger and SSH", hint: "use a command that has them, such as matrix run")
        }
        return try StaticPlatform(name: settings.name, settings: read, context: context, book: book, connector: connector)
    }

    private static let keys: [KeyShape] = [
        KeyShape("hosts", .list(.object(ObjectShape("a host of a pool", host))), "The hosts of the pool"),
        KeyShape("inventory", .text, "An Ansible inventory that names the hosts, instead of `hosts`"),
        KeyShape("group", .text, "The inventory's group whose hosts are the pool. Default: all hosts"),
        KeyShape("user", .text, "The account to log in with. Default: that of your ssh_config, else your own"),
        KeyShape("key", .text, "The private key to log in with. Default: your SSH agent and your own keys"),
        KeyShape("port", .integer(1...65535), "The hosts' SSH port. Default: that of your ssh_config, else `22`"),
        KeyShape("os", .text, "The system of hosts that name none"),
        KeyShape("arch", .text, "The architecture of hosts that name none"),
        KeyShape("known_hosts", .text, "A known_hosts file with the keys of all hosts. Default: trust the first key that a run sees"),
        KeyShape("wait", .duration, "How long to wait for hosts that other runs hold; 0s: not at all. Default: `1h`"),
        KeyShape(
            "reset", .oneOrMore(.either([.text, .object(ObjectShape("a step of the reset", step))])),
            "Scripts that run as root and remove what a run has put on a host"),
        KeyShape("reset_timeout", .duration, "How long the reset of a host may take. Default: `5m`"),
        KeyShape("reboot", .boolean, "Whether steps may reboot its hosts. Default: `false`"),
        KeyShape("connect_timeout", .duration, "How long a host may take to answer. Default: `30s`"),
    ]

    private static let host: [KeyShape] = [
        KeyShape("name", .text, "Its name", required: true), KeyShape("address", .text, "Its address or DNS name. Default: its name"),
        KeyShape("port", .integer(1...65535), "Its SSH port"), KeyShape("user", .text, "The account to log in with"),
        KeyShape("key", .text, "The private key to log in with"), KeyShape("os", .text, "Its system, as the catalogue names it"),
        KeyShape("arch", .text, "Its architecture: arm64, amd64"),
        KeyShape("roles", .oneOrMore(.text), "The roles that it takes. Default: any"),
        KeyShape("size", .object(ObjectShape("a host's size", size)), "Its size; parts that are left out are not compared"),
        KeyShape("host_key", .oneOrMore(.text), "Its public host keys: ssh-ed25519 AAAA…"),
    ]
    private static let size: [KeyShape] = [
        KeyShape("cores", .integer(1...4096), "Processor cores"), KeyShape("memory", .size, "Memory"), KeyShape("disk", .size, "Disk"),
    ]
    private static let step: [KeyShape] = [
        KeyShape("name", .text, "What messages call it"), KeyShape("run", .text, "The script"),
        KeyShape("file", .text, "A file with the script"),
    ]
}
