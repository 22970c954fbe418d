/// The names in a cell's Ansible inventory.
public enum InventoryNames {
    /// Variables that say which machine a host is and which cell it belongs to: a matrix file cannot set them.
    ///
    /// Old spellings are among them, as they override the new ones in Ansible.
    public static let reserved: Set<String> = [
        "ansible_connection", "ansible_host", "ansible_ssh_host", "ansible_port", "ansible_ssh_port", "ansible_private_key_file",
        "ansible_ssh_private_key_file", "ansible_ssh_common_args", "ansible_ssh_extra_args", "solti_address", "solti_axes", "solti_cell",
        "solti_host", "solti_os", "solti_os_family", "solti_platform", "solti_role", "solti_run",
    ]

    /// Whether Ansible accepts a name for a variable.
    public static func isVariable(_ name: String) -> Bool {
        guard let first = name.first, first.isASCII, first.isLetter || first == "_" else { return false }
        return name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    }

    /// The name of a group as Ansible allows it: letters, digits and `_`, with no digit in front.
    public static func group(_ name: String) -> String {
        let text = String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
        return text.first?.isNumber == true ? "_\(text)" : text
    }

    /// The groups of a host beside `all`: its role, its `groups:`, its system, that system's family, its platform, its cell, and
    /// `test_platforms`, which holds all hosts.
    public static func groups(of host: HostPlan, os: OperatingSystem, platform: String, cell: String) -> Set<String> {
        let names = [host.role, os.name, os.family, platform, cell, "test_platforms"] + host.groups
        return Set(names.map(group)).subtracting(["all", "ungrouped"])
    }
}
