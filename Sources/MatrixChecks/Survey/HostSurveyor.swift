public import MatrixCore

/// Asks a host for all that a step may change on it, in one round trip.
public struct HostSurveyor: Surveyor {
    /// Digests of /etc may take long on a small board.
    private static let limit = Duration.seconds(120)

    public init() {}

    public func survey(_ host: Host) async throws -> HostSurvey {
        var command = Command.script(SurveyScript.text, user: "root", timeout: Self.limit)
        command.outputLimit = 16 << 20
        let result = try await host.transport.require(command, "asking \(host.name) what it has", isTransient: true)
        guard let survey = SurveyReader.survey(result.output) else {
            throw InfrastructureError(
                "asking \(host.name) what it has", why: "its answer has no end",
                next: "see the free space in /tmp and the memory of the host, or leave out changes:")
        }
        return survey
    }
}
