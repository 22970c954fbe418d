import Glibc
import MatrixCore
import MatrixTesting
import Testing

@testable import MatrixPlatforms

struct QemuPreflightTests {
    private func problems(
        _ surroundings: QemuSurroundings, _ change: (inout QemuSettings) -> Void = { _ in }, cells: [CellPlan] = [QemuSamples.cell()],
        info: String = QemuSamples.info
    ) async -> [PreflightProblem] {
        var settings = QemuSettings()
        settings.images = ["debian12": "/i/d.qcow2", "rocky10": "/i/r.qcow2"]
        change(&settings)
        let runner = ScriptedTransport()
        runner.answer("qemu-img info", output: info)
        let context = PlatformContext(state: "/s/.matrix", access: nil, runner: runner, redactor: Redactor())
        return await QemuPlatform(name: "qemu", settings: settings, context: context, surroundings: surroundings).preflight(cells)
    }

    @Test func findsNothingIfAllIsThere() async {
        #expect(await problems(QemuSamples.surroundings()) == [])
    }

    @Test func namesThePackagesOfAllThatIsMissing() async {
        let found = await problems(QemuSamples.surroundings(programs: [], firmware: false)) { $0.firmware = .uefi }
        #expect(found.map(\.severity) == [.error])
        #expect(found[0].next == "sudo apt-get install qemu-system-x86 qemu-utils xorriso ovmf")
    }

    @Test func anISOWriterIsEnough() async {
        #expect(await problems(QemuSamples.surroundings(programs: ["qemu-system-x86_64", "qemu-img", "genisoimage"])) == [])
    }

    @Test(
        "KVM that is refused, missing or broken has its next step",
        arguments: [(EACCES, "usermod -aG kvm"), (ENOENT, "firmware"), (EIO, "tcg")])
    func kvm(code: Int32, advice: String) async {
        let found = await problems(QemuSamples.surroundings(kvm: code))
        #expect(found.map(\.severity) == [.error])
        #expect(found[0].next?.contains(advice) == true)
        let emulated = await problems(QemuSamples.surroundings(kvm: code)) { $0.acceleration = .tcg }
        #expect(emulated.map(\.severity) == [.warning])
    }

    @Test func aSystemThatNeedsANewerProcessorIsUnavailable() async {
        var rocky = Samples.rocky9
        rocky.name = "rocky10"
        rocky.release.version = "10"
        let old = QemuSamples.surroundings(flags: "fpu sse4_2")
        let found = await problems(old, cells: [QemuSamples.cell(rocky)])
        #expect(found.map(\.severity) == [.unavailable])
        #expect(found[0].cells == ["rocky10-qemu"])
        #expect(await problems(old, { $0.acceleration = .tcg }, cells: [QemuSamples.cell(rocky)]).map(\.severity) == [.warning])
        #expect(await problems(old) == [])
    }

    @Test func roomOfMemoryAndDisk() async {
        let tight = QemuSamples.surroundings(memory: 4 << 30, free: 1 << 30)
        let cells = [QemuSamples.cell(), QemuSamples.cell(Samples.debian12)]
        let found = await problems(tight, cells: cells)
        #expect(found.map(\.severity) == [.warning, .warning])
        let large = await problems(tight, { $0.memory = 8 << 30 })
        #expect(large.map(\.severity) == [.error, .warning])
    }

    @Test func anImageThatCannotBeUsedIsAnError() async {
        let found = await problems(QemuSamples.surroundings(), info: #"{"format": "vdi", "virtual-size": 1}"#)
        #expect(found.map(\.severity) == [.error])
        #expect(found[0].message.contains("vdi"))
        let missing = await problems(QemuSamples.surroundings()) { $0.images = [:] }
        #expect(missing.map(\.severity) == [.unavailable])
    }
}
