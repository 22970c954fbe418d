internal import AsyncAlgorithms
internal import MatrixCore
internal import Subprocess

/// Moves what a process prints on one stream into a channel, no faster than it is taken there.
struct Pump: Sendable {
    /// The most that a pipe can hold (Linux: /proc/sys/fs/pipe-max-size).
    private static let pipeCapacity = 1 << 20

    private let source: SubprocessOutputSequence
    private let stream: OutputLine.Stream

    init(_ source: SubprocessOutputSequence, _ stream: OutputLine.Stream) {
        self.source = source
        self.stream = stream
    }

    func run(into chunks: AsyncChannel<ChildProcess.Chunk>, from process: Int32) async {
        var iterator = source.makeAsyncIterator()
        var bytesAfterExit = 0
        while let buffer = try? await iterator.next() {
            await chunks.send(ChildProcess.Chunk(stream: stream, bytes: buffer.withUnsafeBytes { Array($0) }))
            guard ProcessGroup.hasExited(process) else { continue }
            // What comes beyond a full pipe was printed by a process that outlived this one, maybe without end.
            bytesAfterExit += buffer.count
            if bytesAfterExit > Self.pipeCapacity { break }
        }
    }
}
