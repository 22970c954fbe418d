/// A cell as a bundle of `matrix doctor` keeps it: what a platform must know to say whether it can provide the cell.
public struct BundledCell: Codable, Sendable {
    /// The name of the bundle's file with a list of them.
    public static let fileName = "cells.json"

    public var name: String
    public var os: OperatingSystem
    public var platform: String
    public var hosts: [HostPlan]

    public init(name: String, os: OperatingSystem, platform: String, hosts: [HostPlan]) {
        self.name = name
        self.os = os
        self.platform = platform
        self.hosts = hosts
    }

    /// A cell without steps.
    public var plan: CellPlan { CellPlan(name: name, point: [], os: os, platform: platform, hosts: hosts) }
}
