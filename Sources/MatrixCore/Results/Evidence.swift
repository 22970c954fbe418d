/// What a platform shows of a host that did not come up: its console, its journal, the platform's own records.
public struct Evidence: Sendable, Hashable {
    /// Names the artifact, a word: `console`, `journal`, `state`, `tasks`, `ssh`.
    public var name: String
    /// The command with which a person sees it; nil if there is none.
    public var command: String?
    /// As it was read, oldest line first. The engine cleans it, takes the secrets out, and keeps the end if it is long.
    public var text: String
    /// What to do about it, if the driver recognises the state; nil if it does not.
    public var advice: String?

    public init(_ name: String, command: String? = nil, text: String, advice: String? = nil) {
        self.name = name
        self.command = command
        self.text = text
        self.advice = advice
    }
}

/// The ways into a host that is kept although SSH does not reach it.
public struct Entrance: Sendable, Codable, Hashable {
    public var cell: String
    /// The host's name.
    public var host: String
    /// Commands to paste, the most useful first.
    public var commands: [String]

    public init(cell: String, host: String, commands: [String]) {
        self.cell = cell
        self.host = host
        self.commands = commands
    }
}
