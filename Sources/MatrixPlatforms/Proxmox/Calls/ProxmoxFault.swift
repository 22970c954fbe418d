import MatrixCore

/// Why a request or the task that it started did not do what it should; what kind of trouble that is, is decided here only.
struct ProxmoxFault: Error, Sendable, Hashable {
    /// What can be done about it.
    enum Kind: Sendable, Hashable {
        /// The same again, later, may work; a change may or may not have been made.
        case transient
        /// The node cannot be reached through the one that was asked (596): twice, then it is for good.
        case unreachableNode
        /// Who asks is not known or no longer known.
        case credentials
        /// A privilege is missing; as the server names it: `/vms/100, VM.Clone`.
        case privilege(String)
        /// The machine or volume is not there.
        case missing
        /// The id or name is taken.
        case exists
        /// The machine is locked by this operation: `clone`.
        case locked(String)
        /// The server is not who it should be.
        case certificate
        case fatal
    }

    /// The request, for messages.
    var request: String
    /// The HTTP status, Proxmox's own 595, 596 and 599 included; nil where there was no answer or a task failed.
    var status: Int?
    var message: String
    /// The task that failed, where one was started.
    var task: String?
    /// The last lines of the task's log.
    var log: String?
    /// Set where the kind does not follow from status and message.
    var given: Kind?

    init(request: String, status: Int? = nil, message: String, task: String? = nil, log: String? = nil, kind: Kind? = nil) {
        self.request = request
        self.status = status
        self.message = message.trimmedLines
        self.task = task
        self.log = log
        given = kind
    }

    var kind: Kind { given ?? kindByStatus ?? kindByMessage }

    /// Whether the server, as far as can be told, did not answer: what was asked for may have been done.
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
        "got timeout", "got no worker upid", "no quorum", "got lock request timeout", "unexpected status", "received interrupt", "connection timed out",
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

    /// What stands in the brackets of `Permission check failed (/vms/100, VM.Clone)`.
    private var privilege: String {
        message.firstMatch(of: /[Pp]ermission check failed \(([^)]*)\)/).map { String($0.output.1) } ?? message
    }

    /// Whether the machine's agent did not answer: it is not there, or not yet.
    var isAgentSilent: Bool { message.lowercased().contains("guest agent is not running") }

    /// Whether the machine's agent is there but did not do what was asked: qemu-server asks it something else only after it has answered a ping.
    var isFromAgent: Bool { message.contains("guest-network-get-interfaces") || message.hasPrefix("Agent error") }

    /// Whether the machine's agent is there but not in the configuration, which no waiting changes.
    var isAgentUnconfigured: Bool { message.lowercased().contains("no qemu guest agent configured") }
}

extension ProxmoxFault {
    /// The same for people, with the next step.
    ///
    /// - Parameter what: what failed: `cloning template 9000 to VM 20001`.
    func error(_ what: String) -> InfrastructureError {
        let detail = task.map { "task \($0) ended with: \(message)" + (log.map { "\n\($0)" } ?? "") } ?? "\(request): \(status.map { "\($0) " } ?? "")\(message)"
        return InfrastructureError(what, why: detail, next: next, type: type, isTransient: kind == .transient)
    }

    private var next: String? {
        switch kind {
        case .transient, .missing, .exists: nil
        case .unreachableNode: "check that the node's name is right and that its certificate is the cluster's (pvecm updatecerts on that node)"
        case .credentials: "check the token's id and secret, or the user's password; a token may have expired"
        case .privilege(let name): "give the token and its user this privilege: \(name)"
        case .locked(let lock): "if no task holds it any more, release it on the node: qm unlock VMID (lock: \(lock))"
        case .certificate: "set tls.ca to the cluster's pve-root-ca.pem, or tls.fingerprint to the fingerprint that the node shows under System > Certificates"
        case .fatal where message.contains("protection mode"): "the machine is protected: switch its protection off"
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

extension String {
    /// One line of text: no surrounding space, inner newlines as `; `.
    fileprivate var trimmedLines: String {
        split(whereSeparator: \.isNewline).map { $0.drop { $0 == " " } }.filter { !$0.isEmpty }.joined(separator: "; ")
    }
}
