/// The parts of a cell's life, in order.
public enum Phase: String, Sendable, Codable, CaseIterable, CodingKeyRepresentable {
    case create
    case provision
    case deploy
    case verify
    case finally
    case destroy

    /// Its place in a cell's life, from zero.
    public var order: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
