internal import MatrixCore

/// Arguments for `ssh` as Ansible's variables hold them, read as settings of OpenSSH: `-J bastion` is `ProxyJump=bastion`.
struct SSHArguments: Sendable {
    /// Settings, without those that matrix makes itself: host keys, control sockets, what may be asked.
    private(set) var settings: [String] = []
    /// Words that are no setting.
    private(set) var unknown: [String] = []

    /// Settings of every connection of a run; in lower case.
    private static let ours: Set<String> = [
        "userknownhostsfile", "globalknownhostsfile", "hostkeyalias", "stricthostkeychecking", "identitiesonly", "batchmode",
        "passwordauthentication", "loglevel", "controlmaster", "controlpath", "controlpersist", "user", "port", "hostname", "requesttty",
        "remotecommand",
    ]
    private static let flags = ["-4": "AddressFamily=inet", "-6": "AddressFamily=inet6", "-C": "Compression=yes"]
    private static let valued = ["-J": "ProxyJump", "-i": "IdentityFile", "-b": "BindAddress", "-c": "Ciphers", "-m": "MACs"]
    /// They change only what a person sees, or what matrix forbids in any case.
    private static let ignored: Set<String> = ["-A", "-a", "-q", "-T", "-t", "-tt", "-v", "-vv", "-vvv", "-x", "-X", "-n"]

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
        guard let setting else { return unknown.append(word) }
        if !Self.ours.contains(setting.prefix { $0 != "=" }.lowercased()) { settings.append(setting) }
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
