import MatrixCore

/// All kinds of checks: a new one is one file and one line here.
enum CheckCatalogue {
    static let kinds: [any Check.Type] = [
        ServiceCheck.self, PackageCheck.self, PortCheck.self, HTTPCheck.self, CommandCheck.self, FileCheck.self, ProcessCheck.self,
        UserCheck.self, GroupCheck.self, MountCheck.self, SysctlCheck.self, InterfaceCheck.self, DNSCheck.self, AddrCheck.self,
        OSCheck.self,
        JournalCheck.self, QueryCheck.self, KubernetesCheck.self, ScriptCheck.self,
    ]
}
