import MatrixCore
import Testing

@testable import MatrixPlatforms

struct GuestNameTests {
    @Test func isReadBack() throws {
        var resource = QemuSamples.resource()
        #expect(GuestName(GuestName(resource, mark: "m1").text) == GuestName(resource, mark: "m1"))
        resource.expires = nil
        let read = try #require(GuestName(GuestName(resource, mark: "m1").text))
        #expect(read.expires == nil)
        #expect(read.isOf(resource))
    }

    @Test(arguments: ["", "solti-matrix", "solti-matrix/m/guest/../x/y", "other/m/guest/261123-050122-k3f9/never/n"])
    func readsNothingElse(text: String) {
        #expect(GuestName(text) == nil)
    }

    @Test func aProcessIsKnownByItsCommandLine() throws {
        let resource = QemuSamples.resource()
        let name = GuestName(resource, mark: "m1").text
        let guest = GuestProcess(
            pid: 1, startTicks: 2, arguments: ["qemu", "-name", "guest=\(name),debug-threads=off", "-m", "2048", "-smp", "1"])
        #expect(guest?.name.isOf(resource) == true)
        #expect(guest?.memory == 2 << 30)
        #expect(GuestProcess(pid: 1, startTicks: 2, arguments: ["matrix", "guest-switch", "--guest", name])?.memory == 0)
        #expect(GuestProcess(pid: 1, startTicks: 2, arguments: ["qemu", "-name", "guest=mine"]) == nil)
        #expect(GuestProcess(pid: 1, startTicks: 2, arguments: ["vi", name]) == nil)
    }
}
