internal import MatrixCore

/// Where the base image of a system comes from.
enum ImageSource: Sendable, Hashable {
    /// It is in the local storage, under this name and id.
    case cached(String, id: String)
    /// A registry has it.
    case registry(String)
    /// No registry has it: it is bootstrapped from the Debian mirror.
    case bootstrap(suite: String)
}

/// An image whose containers are hosts.
struct HostImage: Sendable, Hashable {
    /// `localhost/solti-matrix/debian12:0123456789ab`.
    var name: String
    var id: String
    /// What it was made of: a registry's name, or `debian bookworm by mmdebstrap`.
    var base: String
}
