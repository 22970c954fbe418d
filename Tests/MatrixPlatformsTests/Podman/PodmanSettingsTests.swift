import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixPlatforms

struct PodmanSettingsTests {
    private let place = SourceLocation(file: "podman.yml", line: 4, column: 5)

    private func map(_ members: [(String, Document.Content)]) -> Document {
        Document(.map(members.map { .init(key: $0.0, keyLocation: place, value: Document($0.1, at: place)) }), at: place)
    }

    @Test func readsWhatIsSetAndKeepsTheRest() {
        let settings = PodmanSettings(
            map([
                ("driver", .scalar("podman", plain: true)), ("image", map([("rocky9", .scalar("a.invalid/b:9", plain: true))]).content),
                ("packages", .scalar("vim", plain: true)), ("pull", .scalar("never", plain: true)),
                ("registry_timeout", .scalar("2s", plain: true)),
                ("runtime", .scalar("runc", plain: true)), ("network", .scalar("lan", plain: true)),
                ("privileged", .scalar("true", plain: true)),
            ]))
        #expect(settings.images == ["rocky9": "a.invalid/b:9"])
        #expect(settings.packages == ["vim"])
        #expect(settings.pull == .never)
        #expect(settings.registryTimeout == .seconds(2))
        #expect(settings.runtime == "runc")
        #expect(settings.network == "lan")
        #expect(settings.privileged)
        #expect(PodmanSettings(map([])) == PodmanSettings())
    }

    @Test func findsWhatItsShapesCannotSay() {
        let options = map([
            ("registry_timeout", .scalar("0s", plain: true)), ("packages", .scalar("vim git", plain: true)),
            ("image", map([("rocky9", .scalar("not an image", plain: true))]).content),
        ])
        #expect(
            PodmanSettings.declaration.examine(options).map(\.description) == [
                "podman.yml:4:5: error: 'not an image' is not a valid image name for rocky9; write registry/repository:tag",
                "podman.yml:4:5: error: registry_timeout must be above 0s; write 5s, or pull: never",
                "podman.yml:4:5: error: 'vim git' is not a valid package name; write one package per list item",
            ])
    }

    @Test func catalogueMakesTheDriverThatIsNamed() throws {
        let context = PlatformContext(state: "/nowhere", access: nil, runner: ScriptedTransport(), redactor: Redactor())
        let catalogue = PlatformCatalogue()
        #expect(catalogue.declarations.map(\.kind).contains("podman"))
        #expect(try catalogue.make(PlatformSettings(name: "here", driver: "podman", options: map([])), in: context).name == "here")
        let unknown = PlatformSettings(name: "there", driver: "podmn", options: map([("driver", .scalar("podmn", plain: true))]))
        let error = #expect(throws: UsageError.self) { try catalogue.make(unknown, in: context) }
        #expect(
            error?.description
                == "podman.yml:4:5: error: platform there names the unknown driver 'podmn'; known drivers: podman, qemu, proxmox, linode, "
                + "k3s, static, command"
        )
    }
}
