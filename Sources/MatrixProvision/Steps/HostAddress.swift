/// A host's name and the address by which its peers reach it.
struct HostAddress {
    var name: String
    var address: String
}
