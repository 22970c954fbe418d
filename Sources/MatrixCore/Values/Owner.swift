/// A process, so that another can tell whether it is still there.
public struct Owner: Sendable, Hashable, Codable {
    public var pid: Int32
    /// The process's start in clock ticks since boot: pids are reused, this pair is not.
    public var startTicks: Int64
    /// The machine's boot id.
    public var boot: String
    public var machine: String

    public init(pid: Int32, startTicks: Int64, boot: String, machine: String) {
        self.pid = pid
        self.startTicks = startTicks
        self.boot = boot
        self.machine = machine
    }
}
