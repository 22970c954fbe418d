internal import MatrixCore

/// The folder beside a step's log for the files that the step generates: `artifacts/<cell>/<phase>-<step>/`.
struct StepFolder {
    /// Absolute.
    let path: String
    /// Relative to the report's folder, for attachments.
    let name: String
    private let context: CellContext

    init(of step: StepPlan, in context: CellContext) throws {
        let folder = Paths.fileName("\(context.phase.rawValue)-\(step.name)")
        path = "\(context.artifacts)/\(folder)"
        name = "\(context.artifactsName)/\(folder)"
        self.context = context
        try FileSystem.makeFolder(path)
    }

    /// Writes a file that people read and run, free of secrets, and returns its absolute path.
    @discardableResult
    func keep(_ text: String, as file: String, mode: Int = 0o644) throws -> String {
        try write(context.withoutSecrets(text), to: file, mode: mode)
    }

    /// Writes a file that a program reads as it is, and returns its absolute path.
    @discardableResult
    func write(_ text: String, to file: String, mode: Int = 0o644) throws -> String {
        let path = "\(path)/\(file)"
        try NewFile.write(text, to: path, mode: mode)
        return path
    }

    /// The names of its files as attachments.
    var attachments: [String] {
        FileSystem.names(in: path).filter { !FileSystem.isFolder("\(path)/\($0)") }.map { "\(name)/\($0)" }
    }
}
