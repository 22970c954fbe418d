internal import Glibc
internal import MatrixCore

/// Finds everything that this machine lacks for its guests, before anything is made.
struct QemuPreflight: Sendable {
    let settings: QemuSettings
    let surroundings: QemuSurroundings
    let images: BaseImages
    /// The state folder, in which the guests' disks grow.
    let state: String
    /// What guests may have of the memory together, in bytes.
    let most: Int

    /// What a guest's disk takes at least until its cell is done: packages and their logs.
    private static let diskOfAHost = 2 << 30
    /// What the levels v2 and v3 of x86-64 add, as `/proc/cpuinfo` names it.
    private static let v3 = ["avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe"]

    func problems(of cells: [CellPlan]) async -> [PreflightProblem] {
        let missing = programProblems()
        let images = missing.isEmpty ? await imageProblems(cells) : []
        return missing + acceleration() + processor(cells) + room(cells) + counts(cells) + images
    }

    // MARK: - Programs

    private var isARM: Bool { surroundings.architecture == "aarch64" }

    private func programProblems() -> [PreflightProblem] {
        var packages: [String] = []
        var names: [String] = []
        func need(_ name: String, _ package: String, _ isThere: Bool) {
            guard !isThere else { return }
            names.append(name)
            packages.append(package)
        }
        need(surroundings.qemu, isARM ? "qemu-system-arm" : "qemu-system-x86", surroundings.finds(surroundings.qemu))
        need("qemu-img", "qemu-utils", surroundings.finds("qemu-img"))
        need("xorriso (or genisoimage)", "xorriso", QemuSurroundings.isoWriters.contains(where: surroundings.finds))
        let arguments = GuestArguments(surroundings: surroundings, settings: settings)
        need("a UEFI firmware", isARM ? "qemu-efi-aarch64" : "ovmf", arguments.firmware == .bios || surroundings.uefi() != nil)
        guard !names.isEmpty else { return [] }
        return [
            PreflightProblem(
                .error, "\(names.joined(separator: ", ")) \(names.count == 1 ? "is" : "are") not installed",
                next: "sudo apt-get install \(packages.joined(separator: " "))")
        ]
    }

    // MARK: - Acceleration

    private func acceleration() -> [PreflightProblem] {
        guard settings.acceleration == .kvm else {
            return [
                PreflightProblem(
                    .warning, "accel: tcg: the hosts are emulated, about ten times slower than with KVM",
                    next: "give the phases more time: timeouts: { create: 30m }")
            ]
        }
        let problem: (String, String)? =
            switch surroundings.kvmError() {
            case 0: nil
            case EACCES, EPERM:
                ("this account may not use /dev/kvm", "sudo usermod -aG kvm \"$USER\", and log in again; or emulate: accel: tcg")
            case ENOENT:
                (
                    "this machine has no /dev/kvm",
                    "switch on virtualization in its firmware, or nested virtualization if it is a virtual machine; or emulate: accel: tcg"
                )
            case let code: ("/dev/kvm cannot be used: \(String(cString: strerror(code)))", "emulate instead: accel: tcg")
            }
        return problem.map { [PreflightProblem(.error, $0.0, next: $0.1)] } ?? []
    }

    /// From version 10 on, systems of the RHEL family need x86-64-v3. TCG has it.
    private func processor(_ cells: [CellPlan]) -> [PreflightProblem] {
        guard settings.acceleration == .kvm, !isARM else { return [] }
        let demanding = cells.filter { cell in
            let major = cell.os.release.version.split(separator: ".").first.flatMap { Int($0) } ?? 0
            return cell.os.family == "rhel" && major >= 10
        }
        guard !demanding.isEmpty, let info = surroundings.machine.read("/proc/cpuinfo") else { return [] }
        let line = info.split(separator: "\n").first { $0.hasPrefix("flags") } ?? ""
        let flags = Set(line.split(separator: " ").map(String.init))
        let lacking = Self.v3.filter { !flags.contains($0) }
        guard !lacking.isEmpty else { return [] }
        return [
            PreflightProblem(
                .unavailable, cells: demanding.map(\.name),
                "this machine's processor is no x86-64-v3 (it lacks \(lacking.joined(separator: ", "))), which the system needs",
                next: "run these cells on a newer machine, or emulate: accel: tcg")
        ]
    }

    // MARK: - Room

    private func room(_ cells: [CellPlan]) -> [PreflightProblem] {
        var problems: [PreflightProblem] = []
        let large = cells.filter { settings.memory(of: $0) > most }
        if !large.isEmpty {
            let need = ByteSize.brief(large.map { settings.memory(of: $0) }.max() ?? 0)
            problems.append(
                PreflightProblem(
                    .error, cells: large.map(\.name),
                    "the hosts of a cell need \(need) of memory, and this machine can give guests \(ByteSize.brief(most))",
                    next: "give them less: memory: at the platform, or size: at the hosts"))
        }
        let all = cells.reduce(0) { $0 + settings.memory(of: $1) }
        if large.isEmpty, all > most {
            problems.append(
                PreflightProblem(
                    .warning,
                    "all cells at once need \(ByteSize.brief(all)) of memory, and guests can have \(ByteSize.brief(most)): "
                        + "some wait for others"
                ))
        }
        let hosts = cells.reduce(0) { $0 + $1.hosts.count }
        if let free = freeBytes(), free < hosts * Self.diskOfAHost {
            problems.append(
                PreflightProblem(
                    .warning,
                    "the disks of \(hosts) hosts may grow to \(ByteSize.brief(hosts * Self.diskOfAHost)) and more, and \(state) has "
                        + "\(ByteSize.brief(free)) left", next: "make room, or name a folder with more: --state DIR"))
        }
        return problems
    }

    /// Of the state folder, or of the nearest folder above it that exists.
    private func freeBytes() -> Int? {
        var folder = state[...]
        while !folder.isEmpty {
            if let free = surroundings.freeBytes(String(folder)) { return free }
            folder = folder.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")[...]
        }
        return surroundings.freeBytes("/")
    }

    private func counts(_ cells: [CellPlan]) -> [PreflightProblem] {
        let many = cells.filter { $0.hosts.count > GuestSubnet.mostHosts }
        guard !many.isEmpty else { return [] }
        return [
            PreflightProblem(
                .error, cells: many.map(\.name), "a cell has more than \(GuestSubnet.mostHosts) hosts, and its network no more addresses")
        ]
    }

    // MARK: - Images

    /// One problem for each system: its cells share the image. What must be downloaded is only looked for.
    private func imageProblems(_ cells: [CellPlan]) async -> [PreflightProblem] {
        await mapConcurrently(cells.map(\.os).unique, limit: 8) { system -> PreflightProblem? in
            let names = cells.filter { $0.os == system }.map(\.name)
            do {
                switch images.source(of: system) {
                case nil: throw BaseImages.unavailable(system)
                case .file(let path): _ = try await images.checked(path)
                case .pinned, .published: break
                }
                return nil
            } catch let error as InfrastructureError {
                return PreflightProblem(
                    images.source(of: system) == nil ? .unavailable : .error, cells: names, "\(error.what): \(error.why)", next: error.next)
            } catch {
                return PreflightProblem(.error, cells: names, "the image of \(system.name) cannot be looked at: \(error)")
            }
        }.compactMap(\.self)
    }
}
