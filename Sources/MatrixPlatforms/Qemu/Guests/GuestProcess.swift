internal import Foundation
internal import Glibc
internal import MatrixCore

/// A process of this account that belongs to a state folder's guests: a guest, a cell's gateway or its switch.
struct GuestProcess: Sendable, Hashable {
    var pid: Int32
    /// With the pid: that of another process may be used again.
    var startTicks: Int64
    var name: GuestName
    /// In bytes; 0 for what is no guest.
    var memory = 0

    /// Reads a command line: `-name guest=…` of QEMU, `--guest …` of the switch.
    init?(pid: Int32, startTicks: Int64, arguments: [String]) {
        let named = zip(arguments, arguments.dropFirst()).compactMap { option, value -> GuestName? in
            if option == "--guest" { return GuestName(value) }
            guard option == "-name", value.hasPrefix("guest=") else { return nil }
            return GuestName(value.dropFirst("guest=".count).prefix { $0 != "," })
        }
        guard let name: GuestName = named.first else { return nil }
        self.pid = pid
        self.startTicks = startTicks
        self.name = name
        if let option = arguments.firstIndex(of: "-m"), arguments.indices.contains(option + 1) {
            memory = (Int(arguments[option + 1]) ?? 0) << 20
        }
    }

    /// All of this account, of every state folder.
    static func all() -> [GuestProcess] {
        let own = getpid()
        return ProcessStatus.all.compactMap { pid in
            var status = stat()
            guard pid != own, stat("/proc/\(pid)", &status) == 0, status.st_uid == geteuid(), let process = ProcessStatus(pid: pid),
                !process.hasEnded
            else { return nil }
            return GuestProcess(pid: pid, startTicks: process.startTicks, arguments: RunningCommands.arguments(of: pid))
        }
    }

    /// Ends it at once, unless the pid has become another's.
    func end() {
        guard Self.all().contains(self) else { return }
        kill(pid, SIGKILL)
    }
}
