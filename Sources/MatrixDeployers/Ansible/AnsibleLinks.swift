/// The links by which Ansible gets paths that it would read otherwise: into a list it reads colons, into a folder of roles templates.
struct AnsibleLinks {
    /// The linked folders; each link has its number as its name.
    let paths: [String]

    /// - Parameters:
    ///   - lists: folders that stand in a list of folders.
    ///   - files: files and folders beside which Ansible looks for roles.
    init(lists: [String], files: [String]) {
        let roots = files.compactMap(AnsiblePath.templateRoot)
        paths = Set(lists.filter { $0.contains(":") || AnsiblePath.isTemplate($0) } + roots).sorted()
    }

    /// The link that a path goes through, and what follows it in the path; nil if Ansible takes the path as it is.
    func place(of path: String) -> (number: Int, rest: String)? {
        if let number = paths.firstIndex(of: path) { return (number, "") }
        guard let number = paths.firstIndex(where: { path.hasPrefix("\($0)/") }) else { return nil }
        return (number, String(path.dropFirst(paths[number].count)))
    }

    /// The path for Ansible.
    ///
    /// - Parameter tree: the folder with the links.
    func path(_ path: String, tree: String) -> String {
        place(of: path).map { "\(tree)/links/\($0.number)\($0.rest)" } ?? path
    }

    /// What Ansible says, with the paths that people know.
    func original(_ text: String, tree: String) -> String {
        guard !paths.isEmpty, text.contains(tree) else { return text }
        // The highest number first: the name of link 1 begins that of link 10.
        return paths.enumerated().reversed().reduce(text) { $0.replacing("\(tree)/links/\($1.offset)", with: $1.element) }
    }
}
