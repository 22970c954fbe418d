import MatrixCore
import SystemPackage

/// The machine that this process runs on, as far as processes can see each other.
enum ThisMachine {
    /// The kernel's id of this boot (random(4)).
    static let boot = SystemFile.text("/proc/sys/kernel/random/boot_id") ?? ""

    /// `<machine id>@<host name>`, and the process namespace if it is not the machine's first one.
    ///
    /// Clones of a virtual machine share the id, so the host name is needed. Containers share even the boot id, and a process of
    /// another container must not be taken for dead because it cannot be seen.
    static let name: String = {
        let id = SystemFile.text("/etc/machine-id") ?? ""
        let host = SystemFile.text("/proc/sys/kernel/hostname") ?? ""
        return "\(id)@\(host)" + (processNamespace == initialNamespace ? "" : "/\(processNamespace)")
    }()

    /// PROC_PID_INIT_INO of the kernel's include/linux/proc_ns.h.
    private static let initialNamespace = "pid:[4026531836]"
    private static let processNamespace = SystemFile.link("/proc/self/ns/pid") ?? initialNamespace
}
