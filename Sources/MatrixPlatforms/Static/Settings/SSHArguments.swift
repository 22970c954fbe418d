internal import MatrixCore

/// Arguments for `ssh` as Ansible's variables hold them, read as settings of OpenSSH: `-J bastion` is `ProxyJump=bastion`.
///
/// Each is taken as `ssh` takes it, is one that matrix decides for every connection, or is named as one that cannot be followed.
struct SSHArguments: Sendable {
    /// Settings that every connection gets.
    private(set) var settings: [String] = []
    /// The first of each, as for `ssh`.
    private(set) var port: String?
    private(set) var user: String?
    /// The name of the host's key in known_hosts files.
    private(set) var hostKeyAlias: String?
    /// Settings that name known_hosts files.
    private(set) var hostKeyFiles: [String] = []
    /// Settings under which no command of matrix can run.
    private(set) var impossible: [String] = []
    /// Words that are no setting.
    private(set) var unknown: [String] = []

    /// Settings whose outcome is the same for every connection of a run; in lower case. It trusts no other key than the known one or
    /// the first that it sees, asks nobody, and shares a connection by a separate socket.
    private static let decided: Set<String> = [
        "stricthostkeychecking", "batchmode", "passwordauthentication", "loglevel", "controlmaster", "controlpath", "controlpersist",
        "requesttty",
    ]
    private static let flags = [
        "-4": "AddressFamily=inet", "-6": "AddressFamily=inet6", "-C": "Compression=yes", "-A": "ForwardAgent=yes", "-a": "ForwardAgent=no",
        "-X": "ForwardX11=yes", "-x": "ForwardX11=no",
    ]
    private static let valued = [
        "-J": "ProxyJump", "-i": "IdentityFile", "-b": "BindAddress", "-c": "Ciphers", "-m": "MACs", "-p": "Port", "-l": "User",
    ]
    /// They change only what a person sees, or what every session of matrix decides.
    private static let ignored: Set<String> = ["-q", "-T", "-t", "-tt", "-v", "-vv", "-vvv", "-n"]

    init(_ texts: [String]) {
        for text in texts {
            guard let words = Self.words(of: text) else {
                unknown.append(text)
                continue
            }
            read(words)
        }
    }

    private mutating func read(_ words: [String]) {
        var rest = words[...]
        while let word = rest.popFirst() {
            if let setting = Self.flags[word] {
                settings.append(setting)
            } else if Self.ignored.contains(word) {
                continue
            } else if let key = Self.valued[String(word.prefix(2))] ?? (word.hasPrefix("-o") ? "" : nil) {
                guard let value = word.count > 2 ? String(word.dropFirst(2)) : rest.popFirst() else {
                    unknown.append(word)
                    continue
                }
                add(key.isEmpty ? Self.setting(value) : "\(key)=\(value)", word)
            } else {
                unknown.append(word)
            }
        }
    }

    private mutating func add(_ setting: String?, _ word: String) {
        guard let setting, let mark = setting.firstIndex(of: "=") else { return unknown.append(word) }
        let value = String(setting[setting.index(after: mark)...])
        switch setting[..<mark].lowercased() {
        case "port": port = port ?? value
        case "user": user = user ?? value
        case "hostkeyalias": hostKeyAlias = hostKeyAlias ?? value
        case "userknownhostsfile", "globalknownhostsfile":
            let isNone = value.split(separator: " ").allSatisfy { ["/dev/null", "none"].contains($0) }
            if !isNone { hostKeyFiles.append(setting) }
        case "remotecommand": if value.lowercased() != "none" { impossible.append(setting) }
        case "sessiontype": if value.lowercased() != "default" { impossible.append(setting) }
        case "stdinnull", "forkafterauthentication": if value.lowercased() != "no" { impossible.append(setting) }
        case let key where Self.decided.contains(key): break
        default: settings.append(setting)
        }
    }

    /// `Key=value` of `Key=value`, `Key value` and `Key = value`.
    private static func setting(_ text: String) -> String? {
        let key = text.prefix { $0.isASCII && ($0.isLetter || $0.isNumber) }
        let rest = text.dropFirst(key.count)
        guard !key.isEmpty, let mark = rest.first, mark == "=" || mark.isWhitespace else { return nil }
        let value = rest.drop { $0.isWhitespace || $0 == "=" }
        return value.isEmpty ? nil : "\(key)=\(value)"
    }

    /// The words of a text as a shell splits them; nil if a quote is never closed.
    static func words(of text: String) -> [String]? {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var rest = text[...]
        func add(_ characters: String) { word = (word ?? "") + characters }
        while let character = rest.popFirst() {
            switch character {
            case _ where character == quote: quote = nil
            case "'" where quote == nil, "\"" where quote == nil:
                quote = character
                add("")
            case "\\" where quote == nil: add(rest.popFirst().map { String($0) } ?? "")
            case "\\" where quote == "\"" && rest.first.map({ "\"\\$`".contains($0) }) == true:
                add(rest.popFirst().map { String($0) } ?? "")
            case _ where quote == nil && character.isWhitespace:
                if let whole = word { words.append(whole) }
                word = nil
            default: add(String(character))
            }
        }
        if let whole = word { words.append(whole) }
        return quote == nil ? words : nil
    }
}
