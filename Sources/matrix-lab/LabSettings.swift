import MatrixTesting

/// A part of the lab that can run alone.
package enum LabPart: String, CaseIterable, Sendable {
    case proxmox
    case linode
    /// Existing hosts, and the stand-in for K3s.
    case farm
    /// Stand-ins for the applications' packages, under the repositories' names.
    case packages
    /// Stand-ins for the installers that the suites run.
    case installers
}

/// The settings of a lab.
package struct LabSettings: Sendable {
    package var parts = Set(LabPart.allCases)
    /// The number of the farm's hosts by system. Default: as many as the matrices need.
    package var hosts = ["rocky9": 2, "rocky10": 2, "debian12": 4, "debian13": 2]
    /// How long the fakes' machines take, as a fraction of the real times.
    package var timeScale = 0.05
    /// The absolute path of a state folder that caches images, as for `matrix run`.
    package var state: String
    /// Faults for rehearsals.
    package var faults: [LabFault] = []

    package init(state: String) {
        self.state = state
    }

    /// The lab's systems.
    package static let systems = ["rocky9", "rocky10", "debian12", "debian13"]
    /// How the stand-ins for installers can fail. The first lines of each script list the words that it knows.
    package static let words = ["error", "status", "half", "mute", "down", "dark", "hangs", "unready", "dies", "nameless"]
}

/// A fault in the lab on purpose.
package enum LabFault: Sendable, Hashable {
    /// A package is missing in a system's repositories.
    case missing(package: String, system: String)
    /// A system's Proxmox template contains another system.
    case wrongTemplate(system: String, actual: String)
    /// The stand-ins for installers fail on a system; a word says how.
    case installer(word: String, system: String)
}
