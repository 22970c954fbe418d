import MatrixCore

/// `requires:` and `ansible:`: what the runner needs, and which Ansible is used.
enum RequiresSection {
    static let key = KeyShape(
        "requires",
        .object(
            ObjectShape(
                "the requirements",
                [
                    KeyShape(
                        ansible, .pattern(VersionRange.pattern, meaning: "a version range (>=2.17)"),
                        "The versions of ansible-core that fit, such as `>=2.17, <2.20`"),
                    KeyShape(
                        "python", .oneOrMore(.pattern(package, meaning: "a Python package (jmespath, netaddr>=1.0)")),
                        "Packages that the Python of Ansible needs"),
                    KeyShape(
                        "collections",
                        .oneOrMore(.pattern(collection, meaning: "an Ansible collection (ansible.posix, community.general>=8)")),
                        "Collections that are installed for Ansible"),
                    KeyShape(
                        "commands", .oneOrMore(.pattern(#"[^\s/]+"#, meaning: "the name of a program (jq)")),
                        "Programs that the runner needs on its PATH"),
                ])),
        "What the runner needs besides what the kinds of steps need; checked before anything is created")

    static let named = KeyShape(
        "ansible",
        .object(
            ObjectShape(
                "the Ansible to use",
                [
                    KeyShape(
                        "path", .text, "A virtual environment, or a folder that holds ansible-playbook; relative to this file",
                        required: true)
                ])),
        "The Ansible to use. Default: the newer one of that in matrix' own folder and that on the PATH")

    private static let ansible = "ansible-core"
    private static let package = "[A-Za-z0-9][A-Za-z0-9._-]*(\(VersionRange.pattern))?"

    private static let collection = "[a-z0-9_]+[.][a-z0-9_]+(\(VersionRange.pattern))?"

    static func requirements(of document: Document?, problems: Problems) -> Requirements {
        guard let document else { return Requirements() }
        return Requirements(
            ansible: document[ansible].flatMap { item(ansible, versions: $0.text ?? "", at: $0.location, problems) },
            python: items(document["python"], problems), collections: items(document["collections"], problems),
            commands: (document["commands"]?.oneOrMore ?? []).map { Requirements.Item(name: $0.text ?? "", location: $0.location) })
    }

    private static func items(_ list: Document?, _ problems: Problems) -> [Requirements.Item] {
        (list?.oneOrMore ?? []).compactMap { element in
            let text = element.text ?? ""
            let name = text.prefix { $0.isLetter || $0.isNumber || "._-".contains($0) }
            return item(String(name), versions: String(text.dropFirst(name.count)), at: element.location, problems)
        }
    }

    /// A text with a reference is known only now.
    private static func item(_ name: String, versions: String, at location: SourceLocation, _ problems: Problems) -> Requirements.Item? {
        if versions.allSatisfy(\.isWhitespace), name != ansible { return Requirements.Item(name: name, location: location) }
        guard let range = VersionRange(versions), !name.isEmpty else {
            problems.error(at: location, "`\(name)\(versions)` names no versions", hint: "such as `>=2.17` or `>=2.17, <2.20`")
            return nil
        }
        return Requirements.Item(name: name, versions: range, location: location)
    }

    /// An empty path names none, so that a variable of the environment can: `path: ${env.MY_ANSIBLE:-}`.
    static func ansible(of document: Document?, context: LoadContext) -> NamedAnsible? {
        guard let path = document?["path"], path.text?.isEmpty == false, let absolute = context.path(path) else { return nil }
        return NamedAnsible(path: absolute, location: path.location)
    }
}
