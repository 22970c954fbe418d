import MatrixCore

/// Why a request, or the task that it started, failed. Only this type decides the kind of the fault.
struct ProxmoxFault: Error, Sendable, Hashable {
    /// What to do about it.
    enum Kind: Sendable, Hashable {
        /// A retry may work. A change may or may not have been made.
        case transient
        /// The asked node cannot reach the target node (596). After a second time it is permanent.
        case unreachableNode
        /// The credentials are invalid or have expired.
        case credentials
        /// A privilege is missing, in the server's words: `/vms/100, VM.Clone`.
        case privilege(String)
        /// The machine or volume does not exist.
        case missing
        /// The id or name is already in use.
        case exists
        /// The machine is locked by this operation: `clone`.
        case locked(String)
        /// The server's certificate is not the expected one.
        case certificate
        case fatal
    }

    /// The request, for messages.
    var request: String
    /// The HTTP status, Proxmox's own 595, 596 and 599 included; nil if there was no reply or a task failed.
    var status: Int?
    var message: String
    /// The task that failed, if one was started.
    var task: String?
    /// The last lines of the task's log.
    var log: String?
    /// Set if the kind does not follow from status and message.
    var given: Kind?

    init(request: String, status: Int? = nil, message: String, task: String? = nil, log: String? = nil, kind: Kind? = nil) {
        self.request = request
        self.status = status
        // On one line.
        self.message = message.split(whereSeparator: \.isNewline).map { $0.drop { $0 == " " } }.filter { !$0.isEmpty }.joined(
            separator: "; ")
        self.task = task
        self.log = log
        given = kind
    }

    var kind: Kind { given ?? kindByStatus ?? kindByMessage }

    /// Whether the server seems not to have replied: the change may have been made.
    var isWithoutReply: Bool {
        if task != nil { return false }
        guard let status else { return given == nil || given == .transient }
        return [502, 503, 504, 595, 596, 599].contains(status)
    }

    private var kindByStatus: Kind? {
        switch status {
        case nil where task == nil: .transient
        case 401: .credentials
        case 403: .privilege(privilege)
        case 408, 429, 502, 503, 504, 595, 599: .transient
        case 596: .unreachableNode
        default: nil
        }
    }

    private static let passing = [
        "got timeout", "got no worker upid", "no quorum", "got lock request timeout", "unexpected status", "received interrupt",
        "connection timed out",
        "broken pipe", "interrupted by signal", "unable to acquire lock",
    ]
    private static let absent = ["configuration file", "no such vm", "unable to find configuration file", "no such volume"]

    private var kindByMessage: Kind {
        let text = message.lowercased()
        if text.contains("permission check failed") { return .privilege(privilege) }
        if Self.passing.contains(where: text.contains) { return .transient }
        if text.contains("already exists") { return .exists }
        if text.contains("does not exist") && Self.absent.contains(where: text.contains) || text.contains("no such vm") { return .missing }
        if let lock = lockName { return .locked(lock) }
        return .fatal
    }

    private var lockName: String? {
        message.firstMatch(of: /is locked \(([a-z-]+)\)/).map { String($0.output.1) }
    }

    /// The text in the brackets of `Permission check failed (/vms/100, VM.Clone)`.
    private var privilege: String {
        message.firstMatch(of: /[Pp]ermission check failed \(([^)]*)\)/).map { String($0.output.1) } ?? message
    }

    /// Whether the machine's agent did not answer: there is none, or it has not started yet.
    var isAgentSilent: Bool { message.lowercased().contains("guest agent is not running") }

    /// Whether the machine's agent runs but the command failed: qemu-server sends a command only after the agent has answered a ping.
    var isFromAgent: Bool { message.contains("guest-network-get-interfaces") || message.hasPrefix("Agent error") }

    /// Whether the machine's configuration has no agent; waiting does not change that.
    var isAgentUnconfigured: Bool { message.lowercased().contains("no qemu guest agent configured") }
}

extension ProxmoxFault {
    /// The fault as an error message, with the next step.
    ///
    /// - Parameter what: what failed: `cloning template 9000 to VM 20001`.
    func error(_ what: String) -> InfrastructureError {
        let detail =
            task.map { "task \($0) ended with: \(message)" + (log.map { "\n\($0)" } ?? "") }
            ?? "\(request): \(status.map { "\($0) " } ?? "")\(message)"
        return InfrastructureError(what, why: detail, next: next, type: type, isTransient: kind == .transient)
    }

    private var next: String? {
        switch kind {
        case .transient, .missing, .exists: nil
        case .unreachableNode:
            "check that the node's name is right and that its certificate is the cluster's (pvecm updatecerts on that node)"
        case .credentials: "check the token's id and secret, or the user's password; a token may have expired"
        case .privilege(let name): "give the token and its user this privilege: \(name)"
        case .locked(let lock): "if no task holds the lock (\(lock)) any more, remove it on the node: qm unlock VMID"
        case .certificate:
            "copy /etc/pve/pve-root-ca.pem from the node and set tls.ca to the copy "
                + "(matrices/platforms/proxmox.yml reads its path from PROXMOX_CA), "
                + "or set tls.fingerprint to the fingerprint that the node shows under System > Certificates"
        case .fatal where message.contains("protection mode"): "the machine is protected: switch off its protection"
        case .fatal: nil
        }
    }

    private var type: ProblemType {
        switch kind {
        case .credentials: .proxmoxCredentials
        case .privilege: .proxmoxPrivilege
        case .certificate: .proxmoxCertificate
        case .locked: .proxmoxLocked
        default: task == nil ? .proxmoxRequest : .proxmoxTask
        }
    }
}
