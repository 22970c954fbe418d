import MatrixTesting

/// A part of the lab that can be had alone.
package enum LabPart: String, CaseIterable, Sendable {
    case proxmox
    case linode
    /// Hosts that exist, and the stand-in for K3s.
    case farm
    /// Stand-ins of the applications' packages, in the repositories' names.
    case packages
    /// Stand-ins of the installers that the suites run.
    case installers
}

/// What a lab is made of.
package struct LabSettings: Sendable {
    package var parts = Set(LabPart.allCases)
    /// How many hosts of each system the farm has; by default as many as the matrices need.
    package var hosts = ["rocky9": 2, "rocky10": 2, "debian12": 4]
    /// How long the fakes' machines take, as part of what real ones take.
    package var timeScale = 0.05
    /// A state folder, absolute, by which images are cached as for `matrix run`.
    package var state: String
    /// What must go wrong, for rehearsals of that.
    package var faults: [LabFault] = []

    package init(state: String) {
        self.state = state
    }

    /// The systems that it has.
    package static let systems = ["rocky9", "rocky10", "debian12"]
    /// How the stand-ins of installers can go wrong; each says in its first lines which of them it knows.
    package static let words = ["error", "status", "half", "mute", "down", "dark", "hangs", "unready", "dies", "nameless"]
}

/// Something that is wrong in the lab on purpose.
package enum LabFault: Sendable, Hashable {
    /// The repositories do not have a package for a system.
    case missing(package: String, system: String)
    /// The template of a system on Proxmox is of another.
    case wrongTemplate(system: String, actual: String)
    /// The stand-ins of installers go wrong on a system, as a word of theirs says.
    case installer(word: String, system: String)
}
