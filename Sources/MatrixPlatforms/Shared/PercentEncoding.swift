internal import Foundation

/// Percent-encoding as RFC 3986 has it: everything but letters, digits, `-`, `.`, `_` and `~`.
///
/// Proxmox's own decoder turns `+` into a space and splits at `;`, so everything else is encoded.
enum PercentEncoding {
    private static let unreserved = CharacterSet(charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

    static func encode(_ text: String) -> String { text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? text }
}
