internal import MatrixCore

/// The files that a `collect` step copies from one host.
struct HostCollection {
    private let host: Host
    private let context: CellContext
    private let items: [CollectItem]
    private let label: String

    init(_ step: StepPlan, from host: Host, in context: CellContext) throws {
        self.host = host
        self.context = context
        items = try context.scope(for: host).render(step.subject).oneOrMore.compactMap { CollectItem($0) }
        label = context.label(of: host)
    }

    /// Copies everything and returns a note for each item.
    func collect() async throws -> [String] {
        let script = CollectScript.text(items, since: context.deployStarted, user: host.endpoint.user)
        let result = try await host.transport.require(
            .script(script, user: "root"), "files of \(label) could not be collected", isTransient: true)
        guard let (stage, words) = CollectScript.read(result.output) else {
            let answer = context.withoutSecrets(PlainText.clean(result.output)).prefix(100)
            throw InfrastructureError("files of \(label) could not be collected", why: "the host's answer is not a list: \(answer)")
        }
        let transport = host.transport
        let scratch = try FileSystem.makeUniqueFolder("\(context.scratch)/c")
        return try await withCleanup {
            // If the target folder does not exist, the copy takes its name.
            try await transport.download(stage, to: "\(scratch)/files")
            return try items.enumerated().map { index, item in
                try keep(item, word: words[index] ?? "missing", from: "\(scratch)/files/\(index)")
            }
        } cleanup: {
            FileSystem.remove(scratch)
            _ = try? await transport.run(Command(["rm", "-rf", "--", stage], user: "root"))
        }
    }

    private func keep(_ item: CollectItem, word: String, from path: String) throws -> String {
        let title = "\(label): \(item.title)"
        guard word == "ok" || word == "cut", FileSystem.exists(path) else {
            return switch word {
            case "large": "\(title): left out, larger than \(ByteSize.brief(CollectScript.limit))"
            case "full": "\(title): left out, the host has no room for a copy in /tmp"
            default: "\(title): not there"
            }
        }
        let withheld = try hideSecrets(in: path)
        let target = "\(context.artifacts)/\(host.name)/\(item.target)"
        try FileSystem.move(path, to: target)
        var note = "\(title): \(context.artifactsName)/\(host.name)/\(item.target)"
        if word == "cut" { note += " (the last \(ByteSize.brief(CollectScript.limit)))" }
        return withheld == 0 ? note : "\(note) (\(withheld) binary files that hold a secret left out)"
    }

    /// Hides secrets in every text file; a binary file that holds one is removed.
    ///
    /// - Returns: how many were removed.
    private func hideSecrets(in path: String) throws -> Int {
        let files = FileSystem.isFolder(path) ? FileSystem.files(below: path).map { "\(path)/\($0)" } : [path]
        var removed = 0
        for file in files {
            let bytes = FileSystem.bytes(of: file) ?? []
            let text = String(decoding: bytes, as: UTF8.self)
            let clean = context.withoutSecrets(text)
            guard clean != text else { continue }
            if bytes.contains(0) {
                FileSystem.remove(file)
                removed += 1
            } else {
                try NewFile.write(clean, to: file)
            }
        }
        return removed
    }
}
