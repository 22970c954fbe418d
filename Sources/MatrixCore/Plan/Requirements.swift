/// `requires:`: what a matrix needs of the runner besides what the kinds of its steps need.
public struct Requirements: Sendable, Hashable {
    /// A program or a package, with the versions that fit.
    public struct Item: Sendable, Hashable {
        public var name: String
        /// Nil for any.
        public var versions: VersionRange?
        public var location: SourceLocation

        public init(name: String, versions: VersionRange? = nil, location: SourceLocation) {
            self.name = name
            self.versions = versions
            self.location = location
        }

        /// As `pip` takes it: `jmespath>=1.0`.
        public var text: String { name + (versions?.text ?? "") }
    }

    public var ansible: Item?
    /// Packages of the Python that runs Ansible.
    public var python: [Item]
    /// Collections that Ansible finds without a step's `collections:` or `requirements:`.
    public var collections: [Item]
    /// Programs on the `PATH`.
    public var commands: [Item]

    public init(ansible: Item? = nil, python: [Item] = [], collections: [Item] = [], commands: [Item] = []) {
        self.ansible = ansible
        self.python = python
        self.collections = collections
        self.commands = commands
    }

    public var isEmpty: Bool { !concernsAnsible && commands.isEmpty }
    public var concernsAnsible: Bool { ansible != nil || !python.isEmpty || !collections.isEmpty }
}

/// `ansible: { path: … }`: the Ansible that the matrix file names.
public struct NamedAnsible: Sendable, Hashable {
    /// A virtual environment or a folder of programs; absolute.
    public var path: String
    public var location: SourceLocation

    public init(path: String, location: SourceLocation) {
        self.path = path
        self.location = location
    }
}
