import Foundation
import MatrixCore

/// `ui.json` in the state folder: the port and the token of `matrix ui`, so that an open page finds the server again after a restart.
struct PageAddress: Codable, Equatable {
    var port: Int
    var token: String

    private static func path(in state: String) -> String { "\(state)/ui.json" }

    /// The address of the last time; nil if there is none that only this account can read.
    init?(in state: String) {
        let path = Self.path(in: state)
        guard let facts = try? FileManager.default.attributesOfItem(atPath: path),
            ((facts[.posixPermissions] as? NSNumber)?.intValue ?? 0o777) & 0o077 == 0,
            let data = FileManager.default.contents(atPath: path), let address = try? JSON.decode(PageAddress.self, from: Array(data)),
            address.token.count == 32, address.token.allSatisfy(\.isHexDigit)
        else { return nil }
        self = address
    }

    init(port: Int, token: String) {
        self.port = port
        self.token = token
    }

    /// Remembers it in a state folder that exists.
    func write(in state: String) throws {
        let path = Self.path(in: state)
        try NewFile.write(JSON.text(self) + "\n", to: "\(path).part", mode: 0o600)
        guard rename("\(path).part", path) == 0 else {
            throw InfrastructureError(
                "\(path) could not be written", why: String(cString: strerror(errno)), next: "make the state folder writable",
                isTransient: false)
        }
    }
}
