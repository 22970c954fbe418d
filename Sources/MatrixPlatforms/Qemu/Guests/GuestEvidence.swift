internal import MatrixCore

/// What there is to see of a guest that did not come up: its console.
struct GuestEvidence: Sendable {
    let shelf: GuestShelf

    func all(of resource: Resource) -> [Evidence] {
        let console = GuestConsole(folder: shelf.folder(of: resource))
        guard let text = console.text, !text.isEmpty else { return [] }
        return [Evidence("console", command: Self.commands(console)[0], text: text, advice: Self.advice(text))]
    }

    static func entrances(_ console: GuestConsole) -> [String] { commands(console) }

    private static func commands(_ console: GuestConsole) -> [String] { ["tail -n 100 \(ShellQuoting.quote(console.path))"] }

    /// What to do by what a guest printed.
    static func advice(_ text: String) -> String? {
        let signs: [(String, String)] = [
            ("x86-64-v3", "the system needs a newer processor than this one: run it on another machine, or with accel: tcg"),
            ("Kernel panic", "the kernel panicked: the image does not boot on this machine; see its console"),
            ("You are in emergency mode", "systemd stopped in emergency mode: a file system or a unit of the image is broken"),
            ("No bootable device", "the image does not boot by this firmware: set firmware: uefi, or firmware: bios"),
            ("UEFI Interactive Shell", "the image does not boot by UEFI: set firmware: bios"),
            ("Failed to start ssh", "sshd does not start in this image: its console says why; more time will not help"),
            ("Failed to start OpenSSH", "sshd does not start in this image: its console says why; more time will not help"),
        ]
        return signs.first { text.contains($0.0) }?.1
    }
}
