import MatrixCore
import MatrixFile
import Testing

@Suite("The catalogue of systems")
struct CatalogueTests {
    private func systems(_ more: String = "") throws -> [String: OperatingSystem] {
        let axes = "{ os: [rocky9, rocky10, debian12, debian13, ubuntu2404, almalinux9], platform: podman }"
        let plan = try Fixtures.load(Fixtures.matrix(more, axes: axes))
        return Dictionary(uniqueKeysWithValues: plan.cells.map { ($0.os.name, $0.os) })
    }

    @Test("Every built-in system has all that a platform needs")
    func complete() throws {
        for system in try systems().values {
            #expect(system.imageURL?.hasPrefix("https://") == true)
            #expect(system.checksumURL?.hasPrefix("https://") == true)
            #expect(system.templateIDs != nil && system.linodeImage != nil && system.containerImage != nil)
            #expect(system.templateTags.count == 3)
            #expect((system.family == "rhel") == (system.packageManager == .dnf))
        }
    }

    @Test("Image addresses, VMIDs and tags of built-in systems are those that their templates have")
    func facts() throws {
        let systems = try systems()
        let rocky = try #require(systems["rocky10"])
        #expect(rocky.imageURL == "https://dl.rockylinux.org/pub/rocky/10/images/x86_64/Rocky-10-GenericCloud-Base.latest.x86_64.qcow2")
        #expect(rocky.templateIDs == "10000-10999")
        #expect(rocky.templateTags == ["rocky-template", "rocky10", "cloudinit"])
        let debian = try #require(systems["debian12"])
        #expect(debian.checksumURL == "https://cloud.debian.org/images/cloud/bookworm/latest/SHA512SUMS")
        #expect(debian.templateIDs == "8000-8999")
        #expect(debian.templateTags == ["debian-template", "debian-12", "cloudinit"])
        #expect(debian.debianSuite == "bookworm")
        #expect(systems["rocky9"]?.templateIDs == "7000-7999")
    }

    @Test("Whose cloud image has a guest agent, as far as that is known, and the file may say otherwise")
    func agents() throws {
        let known = try systems().mapValues(\.hasGuestAgent)
        #expect(known == ["rocky9": true, "rocky10": true, "debian12": false, "debian13": false, "ubuntu2404": false, "almalinux9": nil])
        let told = try systems(
            "os: { debian12: { agent: true }, debian13: { container: mine }, rocky9: { agent: null }, almalinux9: { agent: false } }"
        )
        .mapValues(\.hasGuestAgent)
        #expect(told["debian12"] == true && told["debian13"] == false && told["rocky9"] == .some(nil) && told["almalinux9"] == false)
    }

    @Test("The file overrides one field and adds systems")
    func overrides() throws {
        let systems = try systems(
            "os: { debian12: { container: example/debian, linode: null, tags: [mine] }, debian13: { release: { id: debian, "
                + "version: 13.1 } } }"
        )
        #expect(systems["debian12"]?.containerImage == "example/debian")
        #expect(systems["debian12"]?.isContainerImageGiven == true && systems["debian13"]?.isContainerImageGiven == false)
        #expect(systems["debian12"]?.linodeImage == nil)
        #expect(systems["debian12"]?.templateTags == ["mine"])
        #expect(systems["debian12"]?.debianSuite == "bookworm")
        #expect(systems["debian13"]?.release.version == "13.1")
        let plan = try Fixtures.load(
            Fixtures.matrix(
                "os: { fedora42: { family: rhel, release: { id: fedora, version: 42 } } }", axes: "{ os: fedora42, platform: podman }"))
        #expect(
            plan.cells[0].os
                == OperatingSystem(
                    name: "fedora42", family: "rhel", packageManager: .dnf, release: .init(id: "fedora", version: "42"), templateTags: []))
    }
}
