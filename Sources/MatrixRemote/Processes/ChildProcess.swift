internal import AsyncAlgorithms
import Glibc
internal import MatrixCore
internal import Subprocess
internal import Synchronization
internal import SystemPackage

/// One program in its own session, followed until it ends.
///
/// Memory use does not grow with the output: a chunk is read only when the one before it was taken.
struct ChildProcess: Sendable {
    /// What it reads.
    enum Input: Sendable {
        case none
        case bytes([UInt8])
        /// Bytes, and no end of file until the process is stopped.
        case open([UInt8])
        /// A file of this machine.
        case file(String)
        /// A socket's descriptor, to which its standard output goes, too. It stays open here.
        case socket(Int32)
    }

    /// How it is stopped on cancellation and timeout.
    enum Stop: Sendable {
        /// SIGTERM to its process group, SIGKILL after the grace.
        case signals
        /// The end of its input; signals if that does not end it within twice the grace.
        case closingInput
    }

    /// What was read at once from one of its streams.
    struct Chunk: Sendable {
        var stream: OutputLine.Stream
        var bytes: [UInt8]
    }

    /// It exceeded its time limit.
    struct TimedOut: Error {}

    /// Whether the reader wants more.
    enum Progress {
        case more
        case enough
    }

    var arguments: [String]
    var environment: [String: String] = [:]
    /// Variables of this process that it does not get.
    var unset: Set<String> = []
    var directory: String?
    /// Whether it inherits the variables that hold secrets.
    var seesSecrets = false
    var input = Input.none
    var stop = Stop.signals
    var grace = Duration.seconds(5)

    /// Runs it and hands every chunk to `consume`, which may end it early.
    ///
    /// - Returns: its exit status, or 128 + n if signal n ended it.
    /// - Throws: `CancellationError` or `TimedOut` after it was stopped, `SubprocessError` if it did not start.
    func run(timeout: Duration? = nil, consume: (Chunk) async -> Progress) async throws -> Int32 {
        try Task.checkCancellation()
        _ = Self.brokenPipesIgnored
        let supervision = Supervision()
        let work = Task { try await execute(under: supervision) }
        supervision.onStop { [stop, grace] in
            switch stop {
            case .signals: work.cancel()
            case .closingInput: supervision.order(.closeInput(patience: grace * 2))
            }
        }
        let timer = timeout.map { limit in Task { if (try? await Task.sleep(for: limit)) != nil { supervision.stop(.timeout) } } }
        let outcome = await withTaskCancellationHandler {
            for await chunk in supervision.chunks where await consume(chunk) == .enough {
                supervision.order(.end(patience: grace))
                break
            }
            // Frees a pump that waits to hand over a chunk after the reader has stopped.
            supervision.chunks.finish()
            return await work.result
        } onCancel: {
            supervision.stop(.cancellation)
        }
        timer?.cancel()
        return try await conclude(outcome, supervision)
    }

    private func conclude(_ outcome: Result<Int32, any Error>, _ supervision: Supervision) async throws -> Int32 {
        guard let cause = supervision.cause else { return try outcome.get() }
        if let group = supervision.processGroup { await ProcessGroup(group).end(grace: grace) }
        switch cause {
        case .cancellation: throw CancellationError()
        case .timeout: throw TimedOut()
        }
    }

    private func execute(under supervision: Supervision) async throws -> Int32 {
        defer { supervision.chunks.finish() }
        switch input {
        case .none:
            return try await launch(NoInput.none, supervision)
        case .file(let path):
            let file = try FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec)
            return try await launch(FileDescriptorInput.fileDescriptor(file, closeAfterSpawningProcess: true), supervision)
        case .socket(let descriptor):
            return try await launch(on: FileDescriptor(rawValue: descriptor), supervision)
        case .bytes, .open:
            return try await launch(CustomWriteInput.inputWriter, supervision)
        }
    }

    private func launch<Source: InputProtocol>(_ source: Source, _ supervision: Supervision) async throws -> Int32 {
        let result = try await Subprocess.run(configuration, input: source, output: .sequence, error: .sequence) { process in
            let writer = (process as? Execution<CustomWriteInput, SequenceOutput, SequenceOutput>)?.standardInputWriter
            let pumps = [Pump(process.standardOutput, .standardOutput), Pump(process.standardError, .standardError)]
            await supervision.follow(process, pumps, writer, feeding: input)
        }
        return Self.status(result.terminationStatus)
    }

    private func launch(on socket: FileDescriptor, _ supervision: Supervision) async throws -> Int32 {
        let result = try await Subprocess.run(
            configuration, input: FileDescriptorInput.fileDescriptor(socket, closeAfterSpawningProcess: false),
            output: FileDescriptorOutput.fileDescriptor(socket, closeAfterSpawningProcess: false), error: .sequence
        ) { process in
            await supervision.follow(process, [Pump(process.standardError, .standardError)], nil, feeding: .none)
        }
        return Self.status(result.terminationStatus)
    }

    private var configuration: Configuration {
        let name = arguments.first ?? ""
        var options = PlatformOptions()
        options.createSession = true
        // Without a step the library's teardown is SIGKILL at once, and of the process alone.
        options.teardownSequence = [.send(signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: grace)]
        return Configuration(
            executable: name.contains("/") ? .path(FilePath(name)) : .name(name), arguments: Arguments(Array(arguments.dropFirst())),
            environment: .inherit.updating(variables), workingDirectory: directory.map { FilePath($0) }, platformOptions: options)
    }

    private var variables: [Environment.Key: String?] {
        let names = unset.union(ChildEnvironment.shared.removed(seesSecrets: seesSecrets))
        let removed = names.map { (Environment.Key(stringLiteral: $0), String?.none) }
        return Dictionary(removed + environment.map { (.init(stringLiteral: $0), Optional($1)) }) { $1 }
    }

    private static func status(_ status: TerminationStatus) -> Int32 {
        switch status {
        case .exited(let code): code
        case .signaled(let signal): 128 + signal
        }
    }

    /// A program that ends before it has read its input must not end this one; children get the default back.
    private static let brokenPipesIgnored: Void = { _ = signal(SIGPIPE, SIG_IGN) }()
}
