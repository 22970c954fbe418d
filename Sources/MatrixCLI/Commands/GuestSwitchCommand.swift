import ArgumentParser
import MatrixCore
import MatrixPlatforms

/// `matrix guest-switch`: the switch of the network of a `qemu` cell. The driver starts it; people have no use for it, so it is none of the
/// commands that help, completions and advice show.
struct GuestSwitchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "guest-switch", abstract: "The switch of a cell's network of virtual machines.", shouldDisplay: false)

    /// The descriptor at which the process that serves finds the socket.
    private static let descriptor: Int32 = 3

    @Option(help: "Which network it is, for process lists.")
    var guest: String

    @Option(help: "The socket to bind in the working folder.")
    var socket: String?

    init() {}

    /// Nil if a process's arguments ask for another command.
    init?(asked arguments: [String]) throws {
        guard arguments.dropFirst().first == Self.configuration.commandName else { return nil }
        self = try Self.parse(Array(arguments.dropFirst(2)))
    }

    func run() throws {
        guard let socket else {
            var guestSwitch = GuestSwitch()
            return guestSwitch.serve(Self.descriptor)
        }
        try GuestSwitch.start(socket, program: "matrix", arguments: ["guest-switch", "--guest", guest])
    }
}
