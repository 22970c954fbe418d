public import MatrixCore

public struct ProxmoxTemplates: Sendable {
    public struct Progress: Sendable, CustomStringConvertible { public var description: String }
    init(settings: ProxmoxSettings, connection: ProxmoxConnection, context: PlatformContext) {}
    public func build(_ os: OperatingSystem, progress: @escaping @Sendable (Progress) -> Void) async throws -> Bool { false }
}
