/// What a create does while it runs: the engine listens, and a driver that knows more than its end tells it.
public enum CreateProgress {
    /// Told each line, free of secrets.
    @TaskLocal public static var listener: @Sendable (String) -> Void = { _ in }
}
