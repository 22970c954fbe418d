internal import Foundation
internal import MatrixCore
import MatrixRemote

/// Waits until a guest's SSH server answers.
struct GuestReadiness: Sendable {
    let settings: QemuSettings
    let control: GuestControl
    let shelf: GuestShelf
    let launcher: GuestLauncher
    let access: RunAccess
    /// How long a guest may print nothing at all: a machine inside a virtual one can open `/dev/kvm` and hang at its first instructions.
    var silence = Duration.seconds(30)

    /// - Parameter waiting: told the console's last line, whenever it is another one.
    func endpoint(of resource: Resource, waiting: @escaping @Sendable (String) -> Void) async throws -> Endpoint {
        guard let port = resource.details["port"].flatMap({ Int($0) }), let address = resource.details["address"] else {
            throw failure(resource, "its record has no port", isTransient: false)
        }
        let console = GuestConsole(folder: shelf.folder(of: resource))
        let began = ContinuousClock.now
        var told = ""
        for look in 1... {
            if await control.answers(port) { break }
            if try launcher.processes(of: resource).isEmpty {
                throw failure(resource, "its QEMU has ended: \(console.lastLine ?? "its console is empty")", isTransient: true)
            }
            if let reason = await GuestTrouble(control: control, shelf: shelf).pause(of: resource) {
                throw failure(resource, reason, isTransient: false)
            }
            let line = console.lastLine ?? "its console is empty"
            if line != told { waiting(line) }
            told = line
            if console.isEmpty, ContinuousClock.now - began > .seconds(silence.inSeconds * settings.acceleration.patience) {
                throw silent(resource, ContinuousClock.now - began)
            }
            try await Task.sleep(for: Backoff(first: .milliseconds(250), factor: 1.3, most: .seconds(2)).pause(before: look))
        }
        return Endpoint(
            address: "127.0.0.1", port: port, user: settings.user, keyFile: access.keyFile, knownHostsFile: access.knownHostsFile,
            alias: resource.name, hostKeys: [resource.details["host_key"]].compactMap(\.self), internalAddress: address)
    }

    private func silent(_ resource: Resource, _ time: Duration) -> InfrastructureError {
        var error = failure(resource, "its console has been silent for \(time.brief)", isTransient: false)
        error.next =
            settings.acceleration == .kvm
            ? "if this machine is a virtual one, its KVM may not work: try accel: tcg"
            : "its image may not print to its serial console, or not boot by this firmware: try firmware: "
                + (settings.firmware == .uefi ? "bios" : "uefi")
        return error
    }

    private func failure(_ resource: Resource, _ why: String, isTransient: Bool) -> InfrastructureError {
        InfrastructureError("guest \(resource.name) did not boot", why: why, type: .qemuBoot, isTransient: isTransient)
    }
}

/// What a guest has printed.
struct GuestConsole: Sendable {
    let folder: String

    private static let mostBytes = 256 << 10

    var path: String { "\(folder)/\(GuestArguments.console)" }

    /// The end of it, without escape codes; nil if there is none.
    var text: String? {
        guard let file = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? file.close() }
        guard let size = try? file.seekToEnd() else { return nil }
        try? file.seek(toOffset: size > UInt64(Self.mostBytes) ? size - UInt64(Self.mostBytes) : 0)
        return (try? file.readToEnd()).map { PlainText.clean($0) }
    }

    var isEmpty: Bool { text?.allSatisfy(\.isWhitespace) ?? true }

    var lastLine: String? {
        text?.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.last { !$0.isEmpty }
            .map { $0.count > 120 ? "\($0.prefix(119))…" : $0 }
    }
}

/// What a QEMU says of a guest that does not go on.
struct GuestTrouble: Sendable {
    let control: GuestControl
    let shelf: GuestShelf

    /// Why QEMU has paused a guest; nil if it has not.
    func pause(of resource: Resource) async -> String? {
        let folder = shelf.folder(of: resource)
        guard let status = try? await control.ask(folder, .status, .seconds(2))["status"]?.string else { return nil }
        switch status {
        case "io-error": return "it is paused, as its disk cannot be written: look at the free space of \(folder)"
        case "internal-error": return "the processor refuses to run it (internal-error of KVM): try accel: tcg"
        case "guest-panicked": return "its kernel panicked"
        default: return nil
        }
    }
}
