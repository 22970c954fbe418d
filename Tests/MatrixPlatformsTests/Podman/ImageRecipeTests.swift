import MatrixCore
import Testing

@testable import MatrixPlatforms

struct ImageRecipeTests {
    private func recipe(_ packages: [String] = [], system: OperatingSystem = Samples.debian12) -> ImageRecipe {
        ImageRecipe(system: system, extraPackages: packages, apt: AptConfiguration())
    }

    @Test func namesAnImageByItsContent() {
        let tag = recipe().tag(onto: "base")
        #expect(tag.wholeMatch(of: /localhost\/solti-matrix\/debian12:[0-9a-f]{12}/) != nil)
        #expect(tag == recipe().tag(onto: "base"))
        #expect(tag != recipe().tag(onto: "other base"))
        #expect(tag != recipe(["vim"]).tag(onto: "base"))
        #expect(recipe().baseTag(suite: "bookworm") != recipe().baseTag(suite: "trixie"))
    }

    @Test func installsByTheSystemsOwnPackageManager() {
        #expect(recipe(["vim"]).script.contains("apt-get -q -y --no-install-recommends install systemd openssh-server sudo python3"))
        #expect(recipe(["vim"]).script.contains(" vim\n"))
        let rocky = recipe(system: Samples.rocky9).script
        #expect(rocky.contains("dnf -y"))
        #expect(!rocky.contains("apt-get"))
    }

    @Test func quotesPackagesForTheShell() {
        #expect(recipe(["a;reboot"]).script.contains("'a;reboot'"))
    }

    @Test func namesABuildersContainerByItsRun() {
        let name = BuilderName(image: recipe().tag(onto: "base"), run: Samples.run).text
        #expect(BuilderName.run(of: name) == Samples.run)
        #expect(BuilderName.matches(name, recipe().tag(onto: "base")))
        #expect(!BuilderName.matches(name, recipe(["vim"]).tag(onto: "base")))
        #expect(BuilderName.run(of: "debian12-podman-\(Samples.run)") == nil)
    }
}
