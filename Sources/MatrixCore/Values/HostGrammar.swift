internal import Glibc

/// The grammars of what platforms, guests and inventories say of hosts. What does not match one reaches neither the command line nor the
/// configuration of `ssh`, nor a command to paste.
public enum HostGrammar {
    /// An IPv4 or IPv6 address, without brackets and zone.
    public static func isIPAddress(_ text: String) -> Bool {
        // C would read only what stands before a zero.
        guard !text.utf8.contains(0) else { return false }
        var bytes = [UInt8](repeating: 0, count: 16)
        return inet_pton(AF_INET, text, &bytes) == 1 || inet_pton(AF_INET6, text, &bytes) == 1
    }

    /// An IP address, with a zone if it needs one (`fe80::1%eth0`), or a host's name.
    public static func isAddress(_ text: String) -> Bool {
        let parts = text.split(separator: "%", omittingEmptySubsequences: false)
        if parts.count == 2, isIPAddress(String(parts[0])) { return isWord(parts[1], and: "_.-") }
        return isIPAddress(text) || text.utf8.count <= 253 && isWord(text[...], and: "_.-")
    }

    /// An account's name, such as `root`, `user@example.net` or `DOMAIN\user`.
    public static func isUser(_ text: String) -> Bool {
        text.utf8.count <= 256 && text.first != "@" && text.last != "\\" && isWord(text[...], and: "_.-+@\\$")
    }

    /// A host's name in configurations and messages: letters, digits and `_.:-`.
    public static func isName(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, first != "-", text.utf8.count <= 255 else { return false }
        return text.unicodeScalars.allSatisfy { isAlphanumeric($0) || "_.:-".unicodeScalars.contains($0) }
    }

    /// A public key of a host: its type, the key in base64, and perhaps a comment, in one line.
    public static func isHostKey(_ text: String) -> Bool {
        let words = text.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        guard words.count >= 2, isWord(words[0], and: "@.-"), words[0].contains("-") else { return false }
        return !words[1].isEmpty && words[1].unicodeScalars.allSatisfy { isASCIIAlphanumeric($0) || "+/=".unicodeScalars.contains($0) }
            && isLine(text)
    }

    /// A setting of OpenSSH with its value, in one line: `ProxyJump=bastion`.
    static func isSetting(_ text: String) -> Bool {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        return parts.count == 2 && !parts[0].isEmpty && parts[0].unicodeScalars.allSatisfy(isASCIIAlphanumeric) && isLine(text)
    }

    /// No control characters.
    public static func isLine(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control && $0 != "\u{2028}" && $0 != "\u{2029}" }
    }

    /// ASCII letters, digits and these characters; not empty, and no option of a program.
    private static func isWord(_ text: Substring, and more: String) -> Bool {
        !text.isEmpty && text.first != "-" && text.unicodeScalars.allSatisfy { isASCIIAlphanumeric($0) || more.unicodeScalars.contains($0) }
    }

    private static func isAlphanumeric(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || scalar.properties.numericType != nil
    }

    private static func isASCIIAlphanumeric(_ scalar: Unicode.Scalar) -> Bool { scalar.isASCII && isAlphanumeric(scalar) }
}

extension Endpoint {
    /// This endpoint, if each of its parts matches its grammar.
    ///
    /// - Throws: `InfrastructureError` that quotes the part that does not.
    public func checked() throws -> Endpoint {
        func require(_ isValid: Bool, _ what: String, _ text: String) throws {
            guard !isValid else { return }
            throw InfrastructureError(
                "host \(PlainText.clipped(PlainText.clean(alias), to: 100))",
                why: "its platform reports \(what) that is none: \(ShellQuoting.quote(PlainText.clipped(PlainText.clean(text), to: 200)))",
                next: "look at the host there; nothing was done with it", type: .hostData, isTransient: false)
        }
        try require(HostGrammar.isName(alias), "a name", alias)
        try require(HostGrammar.isAddress(address), "an address", address)
        try require(internalAddress.isEmpty || HostGrammar.isAddress(internalAddress), "an address", internalAddress)
        try require((1...65535).contains(port), "a port", "\(port)")
        try require(HostGrammar.isUser(user), "a user", user)
        for key in hostKeys { try require(HostGrammar.isHostKey(key), "a host key", key) }
        for option in furtherOptions ?? [] { try require(HostGrammar.isSetting(option), "an SSH setting", option) }
        // No platform names this one.
        guard HostGrammar.isLine(knownHostsFile) else {
            throw InfrastructureError(
                "host \(alias)",
                why: "OpenSSH cannot use \(PlainText.visible(knownHostsFile).replacing("\n", with: "\\n")): "
                    + "a control character in a path ends a line of its files",
                next: "name another folder for the state: --state /var/lib/matrix", type: .sshKnownHosts, isTransient: false)
        }
        try require(HostGrammar.isLine(keyFile), "a file", keyFile)
        return self
    }
}
