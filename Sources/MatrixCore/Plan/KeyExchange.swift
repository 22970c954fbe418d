/// Which key exchange an SSH login offers first.
///
/// OpenSSH prefers one that also resists quantum computers (sntrup761x25519). It costs each side about 65 ms of CPU more than curve25519.
public enum KeyExchange: String, Sendable, CaseIterable {
    /// OpenSSH's own choice; curve25519 on loopback, because nobody can listen there.
    case standard = "default"
    /// curve25519 on every network.
    case fast
}
