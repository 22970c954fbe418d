import MatrixCore

extension ProxmoxDriver {
    static let keys: [KeyShape] = [
        KeyShape("transport", .choice(["api", "ssh"]), "REST with a token, or pvesh on the node by SSH; default: api"),
        KeyShape("endpoint", .text, "The API's address: https://NODE:8006"),
        PlainHTTP.key,
        KeyShape("token", .object(ObjectShape("an API token", token)), "The API token; it has the privileges of its user or fewer"),
        KeyShape("login", .object(ObjectShape("a login", login)), "User and password, if there is no token"),
        KeyShape("ssh", .object(ObjectShape("the node's SSH", ssh)), "How to log in to the node by SSH"),
        KeyShape("node", .oneOrMore(.text), "The node, or several: machines are spread over them", required: true),
        KeyShape("vmids", .text, "The VMIDs for the machines of cells; default: 20000-20999"),
        KeyShape("storage", .text, "The storage of full clones and new templates"),
        KeyShape("bridge", .text, "The bridge of the machines' first network card; default: the template's"),
        KeyShape("vlan", .integer(1...4094), "The VLAN tag of the first network card; default: the template's"),
        KeyShape("firewall", .boolean, "Whether the server's firewall filters the first network card; default: the template's"),
        KeyShape("networks", .list(.object(ObjectShape("a network card", card))), "Further network cards of the machines: net1 and so on"),
        KeyShape("pool", .text, "The resource pool that machines join"),
        KeyShape(
            "tags", .list(.pattern("[A-Za-z0-9_][A-Za-z0-9_.+-]*", meaning: "a tag of Proxmox")),
            "Further tags, next to the tags of matrix"),
        KeyShape(
            "tls", .object(ObjectShape("how the server is verified", tls)),
            "A certification authority or a pinned fingerprint; default: the system's authorities"),
        KeyShape("clone", .choice(["linked", "full"]), "Linked clones take no time and share the template's disk; default: linked"),
        KeyShape("address", .choice(["auto", "agent", "neighbour", "static"]), "How a machine's address is found; default: auto"),
        KeyShape("addresses", .object(ObjectShape("a pool of addresses", addresses)), "Addresses that matrix gives to the machines"),
        KeyShape(
            "agent_patience", .duration,
            "How long matrix waits for a silent guest agent before it asks the node too, or gives the machine up"),
        KeyShape("nameserver", .oneOrMore(.text), "Name servers of the machines"),
        KeyShape("searchdomain", .text, "The search domain of the machines"),
        KeyShape("user", .text, "The account that cloud-init makes on the machines; default: matrix"),
        KeyShape(
            "templates", .text,
            "auto (the default) builds a missing template, required does not; any other value is the name or VMID of one template"),
        KeyShape("template_build", .object(ObjectShape("a template's hardware", build)), "The hardware of new templates"),
    ]

    private static let token = [
        KeyShape("id", .text, "user@realm!name", required: true),
        KeyShape(
            "secret", .credentialSource,
            "The source of the token's secret", required: true),
    ]
    private static let login = [
        KeyShape("user", .text, "user@realm", required: true),
        KeyShape("password", .credentialSource, "The source of the password", required: true),
    ]
    private static let ssh = [
        KeyShape("host", .text, "Its address, or USER@ADDRESS; default: the first node"),
        KeyShape("port", .integer(1...65535), "Its port; default: 22"),
        KeyShape("user", .text, "The account to log in with; default: root"),
        KeyShape("sudo", .boolean, "Whether that account becomes root by sudo; default: true, for root false"),
        KeyShape("key", .text, "The private key; default: ~/.ssh/id_ed25519"),
        KeyShape("known_hosts", .text, "The known_hosts file; default: ~/.ssh/known_hosts"),
    ]
    private static let tls = [
        KeyShape("ca", .text, "A PEM file with the authorities"), KeyShape("fingerprint", .text, "The certificate's SHA-256: AA:BB:…"),
    ]
    private static let addresses = [
        KeyShape("range", .text, "FIRST-LAST/PREFIX, such as 192.168.1.90-99/24", required: true),
        KeyShape("gateway", .text, "The network's gateway"),
    ]
    private static let card = [
        KeyShape("bridge", .text, "Its bridge", required: true), KeyShape("vlan", .integer(1...4094), "Its VLAN tag"),
        KeyShape("model", .choice(NetworkCard.models), "Its model; default: virtio"),
        KeyShape("mtu", .integer(1...65520), "Its MTU, with virtio; 1 for the bridge's"),
        KeyShape("firewall", .boolean, "Whether the server's firewall filters it; default: false"),
        KeyShape("address", .choice(["dhcp", "none"]), "Whether cloud-init asks a DHCP server for its address; default: dhcp"),
    ]
    private static let build = [
        KeyShape("memory", .size, "Memory; a bare number is MiB"),
        KeyShape(
            "balloon", .integer(0...4_194_304),
            "MiB that the balloon leaves; default: 0, no balloon. The machines of cells never have one"),
        KeyShape("cores", .integer(1...512), "Processor cores"), KeyShape("cpu", .text, "The processor's type"),
        KeyShape("numa", .boolean, "NUMA"),
        KeyShape("disk", .size, "The disk's size"), KeyShape("disk_bus", .text, "The disk's place: virtio0"),
        KeyShape("cloudinit_bus", .text, "The cloud-init drive's place: scsi1"), KeyShape("scsihw", .text, "The SCSI controller"),
        KeyShape("machine", .text, "The machine's type: q35"), KeyShape("bios", .choice(["ovmf", "seabios"]), "The firmware"),
        KeyShape("vga", .text, "The display"),
        KeyShape("mtu", .integer(1...65520), "The first network card's MTU; 1 for the bridge's"),
        KeyShape("net_model", .choice(NetworkCard.models), "The first network card's model; default: virtio"),
        KeyShape("discard", .boolean, "Whether the disk passes on to its storage what the guest frees; default: true"),
        KeyShape("agent", .boolean, "Whether the machine has the channel to a guest agent (agent: 1); default: true"),
        KeyShape(
            "guest_agent", .choice(AgentChoice.allCases.map(\.rawValue)),
            "How qemu-guest-agent gets to the clones of systems whose image has none: by virt-customize on the node or on this machine "
                + "(runner), by cloud-init, none, or auto, the first that works; default: auto"),
        KeyShape("ostype", .text, "The guest's type: l26"),
        KeyShape("user", .text, "The account of the template itself"),
        KeyShape("ssh_keys", .oneOrMore(.text), "Files with its public keys"),
        KeyShape("storage", .text, "The storage of the template's disks"),
        KeyShape("import_storage", .text, "The storage that takes downloaded images"),
        KeyShape("vmids", .text, "FIRST-LAST: where new templates of all systems get their VMID; default: each system's range"),
        KeyShape("work_dir", .text, "The folder for images on this machine; default: proxmox/images in the state folder"),
        KeyShape("node_work_dir", .text, "The folder for images on the node, over SSH; default: /var/tmp"),
        KeyShape("cleanup", .boolean, "Whether a build removes its images at its end; default: false"),
    ]
}
