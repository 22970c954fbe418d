/// A worker of the server, by its UPID: `UPID:pve1:0003E8:…:qmclone:9000:user@pve!token:`.
struct ProxmoxTask: Sendable, Hashable {
    var upid: String
    var node: String
    /// `qmclone`, `qmstart`, `imgdel`.
    var type: String
    /// What the task works on: a VMID in most tasks, in a clone that of the template.
    var subject: String

    /// Nil if this is not a UPID.
    init?(_ upid: String) {
        let parts = upid.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count >= 8, parts[0] == "UPID" else { return nil }
        self.upid = upid
        node = String(parts[1])
        type = String(parts[5])
        subject = String(parts[6])
    }
}
