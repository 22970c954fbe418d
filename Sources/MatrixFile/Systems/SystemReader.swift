import MatrixCore

/// Makes the catalogue of one matrix: the built-in one, overridden by the file's `os:` section.
struct SystemReader {
    let problems: Problems

    /// - Parameter document: the merged, rendered section; `null` removes a field.
    func catalogue(with document: Document?) -> [String: OperatingSystem] {
        var systems = SystemCatalogue.builtIn
        for member in document?.members ?? [] {
            guard let base = systems[member.key] ?? new(member) else { continue }
            systems[member.key] = changed(base, by: member.value)
        }
        return systems
    }

    private func new(_ member: Document.Member) -> OperatingSystem? {
        guard let family = member.value["family"]?.text, let id = member.value["release"]?["id"]?.text,
            let version = member.value["release"]?["version"]?.text
        else {
            for key in ["family", "release"] where member.value[key] == nil {
                let hint = "add it, or change a known system: \(SystemCatalogue.builtIn.keys.sorted().joined(separator: ", "))"
                problems.error(at: member.keyLocation, "the new system `\(member.key)` needs `\(key)`", hint: hint)
            }
            return nil
        }
        return OperatingSystem(
            name: member.key, family: family, packageManager: family == "rhel" ? .dnf : .apt, release: .init(id: id, version: version),
            templateTags: [])
    }

    private func changed(_ base: OperatingSystem, by document: Document) -> OperatingSystem {
        func text(_ key: String, _ old: String?) -> String? { document.has(key) ? document[key]?.text : old }
        var system = base
        system.family = text("family", nil) ?? base.family
        system.packageManager = text("package_manager", nil).flatMap { .init(rawValue: $0) } ?? base.packageManager
        system.release.id = document["release"]?["id"]?.text ?? base.release.id
        system.release.version = document["release"]?["version"]?.text ?? base.release.version
        system.imageURL = text("image", base.imageURL)
        system.checksumURL = text("checksum", base.checksumURL)
        system.templateIDs = text("vmids", base.templateIDs)
        system.templateName = text("template", base.templateName)
        system.templateTags = document.has("tags") ? document["tags"]?.texts ?? [] : base.templateTags
        system.hasGuestAgent = document.has("agent") ? document["agent"]?.bool : base.hasGuestAgent
        system.linodeImage = text("linode", base.linodeImage)
        system.containerImage = text("container", base.containerImage)
        system.isContainerImageGiven = document["container"]?.text != nil
        system.debianSuite = text("suite", base.debianSuite)
        return system
    }
}
