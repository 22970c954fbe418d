import Foundation
import MatrixCore
import MatrixRemote

/// Compares what `requires:` of a matrix names with this machine.
struct RequirementCheck {
    /// One requirement, met or not.
    struct Answer: Sendable {
        var isMet: Bool
        var subject: String
        var detail: String
        /// What to do, if possible as a command to paste; nil if the requirement is met.
        var fix: String?
        var isCommand = true
        var location: SourceLocation

        var finding: Finding { Finding(isMet ? .fine : .bad, subject, detail, fix: fix) }
    }

    private let requirements: Requirements
    /// The Ansible that the file names: another one would have no effect.
    private let named: NamedAnsible?
    private let runner: any Transport
    private let environment: [String: String]
    private let ownPlace: String

    init(
        _ requirements: Requirements, named: NamedAnsible? = nil, runner: any Transport,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) {
        self.requirements = requirements
        self.named = named
        self.runner = runner
        self.environment = environment
        ownPlace = AnsibleFinder(runner: runner, environment: environment).ownPlace
    }

    /// - Throws: `UsageError` with everything that is missing, each with its position and its fix.
    func require() async throws {
        let problems = await problems()
        guard problems.isEmpty else { throw UsageError(problems) }
    }

    /// What is missing, as problems of the file.
    func problems() async -> [Diagnostic] {
        await answers().filter { !$0.isMet }.map {
            let isCommand = $0.isCommand
            return Diagnostic(at: $0.location, "\($0.subject): \($0.detail)", hint: $0.fix.map { isCommand ? "run: \($0)" : $0 })
        }
    }

    /// All requirements, in the order of the file's reference.
    func answers() async -> [Answer] {
        guard !requirements.isEmpty else { return [] }
        let ansible = requirements.concernsAnsible ? await self.ansible() : nil
        return ansibleAnswers(ansible) + (await pythonAnswers(ansible)) + (await collectionAnswers()) + commandAnswers()
    }

    // MARK: Ansible

    private func ansible() async -> AnsibleReport? {
        let command = Command(["ansible-playbook", "--version"], environment: ["LC_ALL": "C.UTF-8"], timeout: .seconds(60))
        return (try? await runner.run(command)).flatMap { AnsibleReport($0.output) }
    }

    private func ansibleAnswers(_ ansible: AnsibleReport?) -> [Answer] {
        guard let item = requirements.ansible, let versions = item.versions else { return [] }
        var answer = Answer(
            isMet: false, subject: item.name, detail: "not installed; the matrix requires \(versions.text)", location: item.location)
        if let ansible {
            answer.isMet = versions.contains(ansible.version)
            answer.detail = ansible.version + (answer.isMet ? ", as required (\(versions.text))" : "; the matrix requires \(versions.text)")
        }
        // All packages at once: a new environment has none yet.
        if !answer.isMet {
            answer.fix = installation(of: [item] + requirements.python, ansible)
            answer.isCommand = named == nil || isInEnvironment(ansible)
        }
        return [answer]
    }

    // MARK: Python

    private func pythonAnswers(_ ansible: AnsibleReport?) async -> [Answer] {
        guard !requirements.python.isEmpty else { return [] }
        let python = ansible?.python ?? "python3"
        let found = await packages(of: python)
        return requirements.python.map { item in
            let has = found[item.name]
            var answer = Answer(
                isMet: false, subject: "Python package \(item.name)", detail: "not installed for \(python)", location: item.location)
            if let has {
                answer.isMet = has.isEmpty ? item.versions == nil : item.versions?.contains(has) ?? true
                let version = has.isEmpty ? "of unknown version" : has
                answer.detail = "\(version), for \(python)" + (answer.isMet ? "" : "; the matrix requires \(item.versions?.text ?? "")")
            }
            if !answer.isMet {
                answer.fix = installation(of: item, ansible)
                answer.isCommand = named == nil || item.versions == nil || isInEnvironment(ansible)
            }
            return answer
        }
    }

    /// The versions of the required packages; empty for a module that belongs to no package.
    private func packages(of python: String) async -> [String: String] {
        let command = Command([python, "-c", Self.question] + requirements.python.map(\.name), timeout: .seconds(60))
        guard let result = try? await runner.run(command), result.succeeded else { return [:] }
        let lines = result.output.split(whereSeparator: \.isNewline).map { $0.split(separator: " ", omittingEmptySubsequences: false) }
        return Dictionary(lines.filter { $0.count == 2 }.map { (String($0[0]), String($0[1])) }) { first, _ in first }
    }

    private static let question = """
        import importlib.metadata, importlib.util, sys
        for name in sys.argv[1:]:
            try:
                print(name, importlib.metadata.version(name))
            except importlib.metadata.PackageNotFoundError:
                try:
                    if importlib.util.find_spec(name.replace("-", "_")):
                        print(name, "")
                except ModuleNotFoundError:
                    pass
        """

    /// A distribution's own Python takes packages from the distribution only.
    private func installation(of package: Requirements.Item, _ ansible: AnsibleReport?) -> String {
        if ansible?.python != nil, !isInEnvironment(ansible), package.versions == nil {
            let name = package.name.lowercased()
            return "sudo apt install python3-\(name.hasPrefix("python-") ? String(name.dropFirst(7)) : name)"
        }
        let core = requirements.ansible ?? Requirements.Item(name: "ansible-core", location: package.location)
        return installation(of: [core, package], ansible)
    }

    /// Into the virtual environment that Ansible runs in, else into our own, which then comes before the `PATH`.
    private func installation(of packages: [Requirements.Item], _ ansible: AnsibleReport?) -> String {
        if let python = ansible?.python, isInEnvironment(ansible) {
            return ShellQuoting.join([python, "-m", "pip", "install"] + packages.map(\.text))
        }
        let making = AnsibleFinder.installation(packages.map(\.text), in: ownPlace)
        guard let named else { return making }
        return "remove ansible.path at \(named.location), which names \(named.path), then run: \(making)"
    }

    private func isInEnvironment(_ ansible: AnsibleReport?) -> Bool {
        guard let python = ansible?.python else { return false }
        return FileManager.default.fileExists(atPath: Paths.absolute("\(python)/../../pyvenv.cfg"))
    }

    // MARK: Collections

    private func collectionAnswers() async -> [Answer] {
        guard !requirements.collections.isEmpty else { return [] }
        let found = await collections()
        let lacking = requirements.collections.filter { item in
            guard let version = found[item.name] else { return true }
            return item.versions?.contains(version) == false
        }
        // One command installs all of them.
        let fix = ShellQuoting.join(["collection", "install"] + lacking.map { $0.name + ($0.versions.map { ":\($0.text)" } ?? "") })
        let galaxy = runner.commandLine(for: Command(["ansible-galaxy"]))
        return requirements.collections.map { item in
            let isMet = !lacking.contains(item)
            let detail = (found[item.name] ?? "not installed") + (isMet ? "" : "; the matrix requires \(item.versions?.text ?? "it")")
            return Answer(
                isMet: isMet, subject: "collection \(item.name)", detail: detail, fix: isMet ? nil : "\(galaxy) \(fix)",
                location: item.location)
        }
    }

    /// Versions by name, from all folders that Ansible searches: the newest of each.
    private func collections() async -> [String: String] {
        let command = Command(
            ["ansible-galaxy", "collection", "list", "--format", "json"], environment: ["LC_ALL": "C.UTF-8"], outputLimit: 16 << 20,
            timeout: .seconds(120))
        guard let result = try? await runner.run(command), case .map(let folders)? = Value(json: result.output) else { return [:] }
        let lists = folders.sorted { $0.key < $1.key }.map(\.value)
        let pairs = lists.flatMap { list -> [(String, String)] in
            guard case .map(let members) = list else { return [] }
            return members.compactMap { name, facts in facts["version"]?.string.map { (name, $0) } }
        }
        return Dictionary(pairs) { first, second in VersionRange.compare(first, second) < 0 ? second : first }
    }

    // MARK: Programs

    private func commandAnswers() -> [Answer] {
        requirements.commands.map { item in
            let place = SearchPath.file(of: item.name, in: environment["PATH"] ?? "")
            return Answer(
                isMet: place != nil, subject: item.name, detail: place ?? "not on the PATH; the matrix requires it",
                fix: place == nil ? RequiredProgram.installation(of: item.name) : nil, isCommand: false, location: item.location)
        }
    }
}
