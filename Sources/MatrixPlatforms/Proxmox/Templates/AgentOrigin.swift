/// How qemu-guest-agent comes to the clones of a template, as the template's notes say.
enum AgentOrigin: String, Sendable, Hashable, Codable {
    /// The distribution's image has it.
    case image
    /// The build installed it in the image.
    case installed
    /// Each clone installs it when it boots for the first time.
    case cloudInit = "cloud-init"
    case absent = "none"
    /// Nobody knows whether the distribution's image has it.
    case unknown

    /// Whether a clone has an agent; nil if that is unknown.
    var isInside: Bool? {
        switch self {
        case .image, .installed, .cloudInit: true
        case .absent: false
        case .unknown: nil
        }
    }

    /// What it is without a build's doing.
    static func given(by hasGuestAgent: Bool?) -> AgentOrigin {
        switch hasGuestAgent {
        case true?: .image
        case false?: .absent
        case nil: .unknown
        }
    }
}

/// `template_build.guest_agent`: how a build gets qemu-guest-agent to the clones.
enum AgentChoice: String, Sendable, CaseIterable {
    /// The first way that works; a template without an agent if none does.
    case auto
    /// By `virt-customize` on the node, over SSH.
    case node
    /// By `virt-customize` on this machine; the image is uploaded.
    case runner
    /// By cloud-init's vendor data, a file on the node that is written over SSH.
    case cloudInit = "cloud-init"
    case off = "none"
}
