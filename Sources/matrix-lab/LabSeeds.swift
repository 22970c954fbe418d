import Foundation

/// Files that every host of a system has on its first boot, in a folder for each system.
struct LabSeeds {
    let folder: String

    /// Before PROVISION hosts do not know each other, only the lab's stand-ins for the package repositories.
    func write(names: [String], at address: String?) throws {
        let stand = address.map { "\($0) \(names.joined(separator: " "))\n" } ?? ""
        for system in LabSettings.systems {
            try LabFiles.write(
                "127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n\(stand)", to: "\(system)/etc/hosts", below: folder)
        }
    }

    /// Applies a fault that is in a host's files.
    func spoil(_ fault: LabFault) throws {
        switch fault {
        case .missing(let package, let system): try hide(package, from: system)
        case .installer(let word, let system): for path in LabInstallers.words { try add(word, to: "\(system)\(path)") }
        case .wrongTemplate: break
        }
    }

    private func add(_ word: String, to path: String) throws {
        let others = (try? String(contentsOfFile: "\(folder)/\(path)", encoding: .utf8)) ?? ""
        try LabFiles.write("\(others)\(word)\n", to: path, below: folder)
    }

    /// Makes a system's package manager find a package nowhere.
    private func hide(_ package: String, from system: String) throws {
        if system.hasPrefix("rocky") {
            let main = "[main]\ngpgcheck=1\ninstallonly_limit=3\nclean_requirements_on_remove=True\nbest=True\nexcludepkgs=\(package)\n"
            try LabFiles.write(main, to: "\(system)/etc/dnf/dnf.conf", below: folder)
        } else {
            try LabFiles.write(
                "Package: \(package)\nPin: release *\nPin-Priority: -1\n", to: "\(system)/etc/apt/preferences.d/lab", below: folder)
        }
    }
}
