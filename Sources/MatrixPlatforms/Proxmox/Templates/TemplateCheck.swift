import MatrixCore

/// Checks whether a template has what a clone needs.
struct TemplateCheck: Sendable {
    let cluster: ProxmoxCluster

    /// - Throws: `ProxmoxFault` that names everything that is wrong.
    func check(_ vmid: Int, on node: String, _ os: OperatingSystem, disk: Int?) async throws {
        guard let config = try await cluster.config(vmid, on: node).map(MachineConfig.init) else {
            throw ProxmoxFault(request: "template \(vmid)", status: 500, message: "VM \(vmid) is not on \(node)", kind: .missing)
        }
        let wrong = problems(config, os, disk: disk)
        if !wrong.isEmpty {
            throw ProxmoxFault(
                request: "template \(vmid)",
                message: "VM \(vmid) cannot be used as a template: \(wrong.joined(separator: "; "))", kind: .fatal)
        }
    }

    func problems(_ config: MachineConfig, _ os: OperatingSystem, disk: Int?) -> [String] {
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
        let missing = os.templateTags.map { $0.lowercased() }.filter { !Machine.tags(config["tags"] ?? "").contains($0) }
        if !missing.isEmpty { wrong.append("it lacks the tags \(missing.joined(separator: ", "))") }
        return wrong
    }
}
