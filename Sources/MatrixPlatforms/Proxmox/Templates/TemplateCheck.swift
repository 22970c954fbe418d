import MatrixCore

/// Checks whether a template has what a clone needs.
struct TemplateCheck: Sendable {
    let cluster: ProxmoxCluster

    /// - Throws: `ProxmoxFault` that names everything that is wrong.
    func check(_ vmid: Int, on node: String, _ os: OperatingSystem, disk: Int?) async throws {
        guard let config = try await cluster.config(vmid, on: node).map(MachineConfig.init) else {
            throw ProxmoxFault(request: "template \(vmid)", status: 500, message: "VM \(vmid) is not on \(node)", kind: .missing)
        }
        let isKnown = GuestTemplate.oldIDs.contains(vmid) || GuestTemplate.sharedRange.contains(vmid)
        let wrong = problems(config, os, disk: disk, isKnown: isKnown)
        if !wrong.isEmpty {
            throw ProxmoxFault(
                request: "template \(vmid)",
                message: "VM \(vmid) cannot be used as a template: \(wrong.joined(separator: "; "))", kind: .fatal)
        }
    }

    /// - Parameter isKnown: whether its VMID and name are enough to know its system.
    func problems(_ config: MachineConfig, _ os: OperatingSystem, disk: Int?, isKnown: Bool = false) -> [String] {
        var wrong: [String] = []
        // The conversion has been seen to succeed without doing anything.
        if config["template"] != "1" { wrong.append("it was not converted to a template") }
        if !config.hasCloudInitDrive { wrong.append("it has no cloud-init drive") }
        if config.hardwareAddress == nil { wrong.append("it has no network card") }
        if let place = config.bootDisk, let drive = config.drives[place] {
            if let disk, (drive.size ?? 0) < disk {
                wrong.append("\(place) is \(ByteSize.brief(drive.size ?? 0)) instead of \(ByteSize.brief(disk))")
            }
        } else {
            wrong.append("its boot order names no disk")
        }
        // SOLTI's first templates have none.
        if (config["tags"] ?? "").isEmpty, isKnown { return wrong }
        let missing = os.templateTags.map { $0.lowercased() }.filter { !Machine.tags(config["tags"] ?? "").contains($0) }
        if !missing.isEmpty { wrong.append("it lacks the tags \(missing.joined(separator: ", "))") }
        return wrong
    }
}
