import Foundation
import MatrixCore
import MatrixRemote
import MatrixTesting

@testable import MatrixPlatforms

/// Systems, cells and surroundings of the tests of virtual machines.
enum Fixtures {
    /// A folder of a test's own.
    static func temporaryFolder() throws -> String { try TemporaryFolder.make() }

    static func document(_ value: Value) -> Document {
        Document(value: value, at: SourceLocation(file: "/settings/proxmox.yml", line: 1, column: 1))
    }

    static let debian12 = OperatingSystem(
        name: "debian12", family: "debian", packageManager: .apt, release: .init(id: "debian", version: "12"),
        imageURL: "https://cloud.debian.org/images/cloud/bookworm/latest/debian-12-genericcloud-amd64.qcow2",
        checksumURL: "https://cloud.debian.org/images/cloud/bookworm/latest/SHA512SUMS", templateIDs: "8000-8999",
        templateName: "debian12-template",
        templateTags: ["debian-template", "debian-12", "cloudinit"], hasGuestAgent: false)
    static let rocky9 = OperatingSystem(
        name: "rocky9", family: "rhel", packageManager: .dnf, release: .init(id: "rocky", version: "9"),
        imageURL: "https://dl.rockylinux.org/pub/rocky/9/images/x86_64/Rocky-9-GenericCloud-Base.latest.x86_64.qcow2",
        checksumURL: "https://dl.rockylinux.org/pub/rocky/9/images/x86_64/CHECKSUM", templateIDs: "7000-7999",
        templateName: "rocky9-template",
        templateTags: ["rocky-template", "rocky9", "cloudinit"], hasGuestAgent: true)

    static let rocky10 = OperatingSystem(
        name: "rocky10", family: "rhel", packageManager: .dnf, release: .init(id: "rocky", version: "10"),
        imageURL: "https://dl.rockylinux.org/pub/rocky/10/images/x86_64/Rocky-10-GenericCloud-Base.latest.x86_64.qcow2",
        templateName: "rocky10-template",
        templateTags: ["rocky-template", "rocky10", "cloudinit"], hasGuestAgent: true)

    static func cell(_ os: OperatingSystem = debian12, hosts: [HostPlan]? = nil) -> CellPlan {
        let name = "\(os.name)-proxmox"
        return CellPlan(
            name: name, point: [AxisValue(axis: "os", value: os.name), AxisValue(axis: "platform", value: "proxmox")], os: os,
            platform: "proxmox",
            hosts: hosts ?? [HostPlan(name: name)])
    }

    static let run = RunID("261123-050122-k3f9")
    static let access = RunAccess(
        directory: "/tmp/matrix-run", publicKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE+/k3y== solti-matrix-run-261123-050122-k3f9")

    static func context(
        secrets: [String: String] = ["token.secret": "s3cret-token"], state: String = NSTemporaryDirectory(),
        connector: (any Connector)? = nil,
        claims: (any ClaimBook)? = nil, access: RunAccess? = access, runner: any Transport = ScriptedTransport()
    ) -> PlatformContext {
        PlatformContext(
            state: state, access: access, runner: runner, redactor: Redactor(), secrets: secrets, claims: claims, connector: connector)
    }

    /// A pace for tests: everything as patient as in life, but in milliseconds.
    static let pace = ProxmoxPace(
        retry: Backoff(first: .milliseconds(5), factor: 1.5, most: .milliseconds(30)), tries: 4,
        poll: Backoff(first: .milliseconds(5), factor: 1.3, most: .milliseconds(30)),
        agent: Backoff(first: .milliseconds(20), factor: 1.2, most: .milliseconds(60)),
        cloneTries: 5, lockPatience: .seconds(3))
}
