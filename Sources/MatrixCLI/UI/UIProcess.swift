import Foundation
import MatrixCore
import MatrixRemote

/// `matrix ui` beside a run: a process that the run does not wait for while it works, and that ends with it.
struct UIProcess {
    /// How a run asks for it.
    struct Choice {
        /// `--open` or `--no-open` of the run.
        var opens: Bool?
    }

    let report: String
    let state: String
    let choice: Choice

    /// Serves the run's page during `work`.
    func beside<R: Sendable>(_ work: () async throws -> R) async throws -> R {
        let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        let flag = choice.opens.map { [$0 ? "--open" : "--no-open"] } ?? []
        let command = Command([program, "ui", report, "--until-end", "--state", state] + flag)
        let page = Task {
            // The run's first report must be there.
            while !FileManager.default.fileExists(atPath: "\(report)/results.json") { try await Task.sleep(for: .milliseconds(100)) }
            let result = try await LocalTransport().run(command) { line in
                if line.stream == .standardOutput { Terminal.error("the page of this run: \(line.text)") }
            }
            if !result.succeeded { Terminal.error("warning: matrix ui has ended: \(Terminal.shown(result.errorOutput))") }
        }
        let outcome: Result<R, any Error>
        do { outcome = .success(try await work()) } catch { outcome = .failure(error) }
        let late = Task {
            try await Task.sleep(for: .seconds(8))
            page.cancel()
        }
        // A run that could not begin has no report to show.
        if outcome.isFailure { page.cancel() }
        _ = await page.result
        late.cancel()
        return try outcome.get()
    }
}

extension Result {
    fileprivate var isFailure: Bool { if case .failure = self { true } else { false } }
}
