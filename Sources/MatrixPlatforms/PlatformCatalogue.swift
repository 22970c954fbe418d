public import MatrixCore

/// All platform drivers that `matrix` has.
public struct PlatformCatalogue {
    public init() {}

    /// The drivers, each with the keys of its settings.
    public var declarations: [Declaration] {
        [
            PodmanSettings.declaration, QemuDriver.declaration, ProxmoxDriver.declaration, LinodeDriver.declaration,
            K3sSettings.declaration, StaticDriver.declaration, CommandDriver.declaration,
        ]
    }

    /// The names of the platforms that lend this one its hosts, each with its position in the settings.
    public func lenders(of settings: PlatformSettings) -> [Document] {
        declarations.first { $0.kind == settings.driver }?.lenders(settings.options) ?? []
    }

    /// Makes a platform with the driver that its settings name.
    ///
    /// - Throws: `UsageError` if there is no such driver.
    public func make(_ settings: PlatformSettings, in context: PlatformContext) throws -> any Platform {
        switch settings.driver {
        case PodmanSettings.declaration.kind:
            return PodmanPlatform(name: settings.name, settings: PodmanSettings(settings.options), context: context)
        case QemuDriver.declaration.kind:
            return try QemuDriver.make(settings: settings, in: context)
        case ProxmoxDriver.declaration.kind:
            return try ProxmoxDriver.make(settings: settings, in: context)
        case LinodeDriver.declaration.kind:
            return try LinodeDriver.make(settings: settings, in: context)
        case K3sSettings.declaration.kind:
            let k3s = K3sSettings(settings.options, secrets: context.secrets)
            return K3sPlatform(name: settings.name, settings: k3s, context: context)
        case StaticDriver.declaration.kind:
            return try StaticDriver.make(settings: settings, in: context)
        case CommandDriver.declaration.kind:
            return try CommandDriver.make(settings: settings, in: context)
        default:
            let known = declarations.map(\.kind).joined(separator: ", ")
            let location = settings.options["driver"]?.location ?? settings.options.location
            throw UsageError([
                Diagnostic(
                    at: location, "platform \(settings.name) names the unknown driver '\(settings.driver)'", hint: "known drivers: \(known)"
                )
            ])
        }
    }
}
