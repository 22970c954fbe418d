/// Something outside kept a cell from reaching a verdict: a platform, a network, a tool that is not there.
public struct InfrastructureError: Error, CustomStringConvertible {
    /// What failed: `container debian12-podman did not start`.
    public var what: String
    /// Why, as far as it is known.
    public var why: String
    /// What to do next.
    public var next: String?
    /// The raw value of a ``ProblemType``, or a type of a ``ProblemFamily``.
    public var type: String
    /// Whether a retry may succeed; false ends retries at once.
    public var isTransient: Bool
    /// The command that failed, if it was one.
    public var command: CommandFailure?

    public init(
        _ what: String, why: String, next: String? = nil, type: ProblemType = .infrastructure, isTransient: Bool = true,
        command: CommandFailure? = nil
    ) {
        self.what = what
        self.why = why
        self.next = next
        self.type = type.rawValue
        self.isTransient = isTransient
        self.command = command
    }

    public var description: String {
        var text = "\(what): \(why)"
        if let next { text += "; \(next)" }
        if let command { text += "\n\(command.details)" }
        return text
    }
}
