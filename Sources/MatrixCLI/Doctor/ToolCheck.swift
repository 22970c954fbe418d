import Foundation
import MatrixCore
import MatrixRemote

/// Looks for the programs that runs use.
struct ToolCheck {
    /// Nil without a matrix file: then only SSH is needed, and every other tool is useful.
    let needs: Needs?
    var runner: any Transport = LocalTransport()
    var path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    /// The folder of the Ansible programs, if it is not one of the `PATH`.
    var ansible: String?

    func findings() async -> [Finding] {
        var findings: [Finding] = []
        for tool in Tool.all { if let finding = await finding(tool) { findings.append(finding) } }
        return findings
    }

    private func finding(_ tool: Tool) async -> Finding? {
        let isNeeded = (needs ?? Needs()).programs.contains(.needed(tool.program))
        let isOfUse = needs?.programs.contains(.useful(tool.program)) ?? true
        guard isNeeded || isOfUse else { return nil }
        let lack: Finding.State = isNeeded ? .bad : .warning
        let fix = "sudo apt install \(tool.package)"
        let folder = tool.isOfAnsible ? ansible : nil
        guard let place = SearchPath.file(of: tool.program, in: [folder, path].compactMap(\.self).joined(separator: ":")) else {
            return Finding(lack, tool.program, "not on the PATH; \(isNeeded ? "needed" : "useful") \(tool.purpose)", fix: fix)
        }
        guard !tool.version.isEmpty else { return Finding(.fine, tool.program, place) }
        let result = try? await runner.run(Command([place] + tool.version, timeout: .seconds(20)))
        guard let result, let version = Tool.version(in: result.output + "\n" + result.errorOutput) else {
            return Finding(
                lack, tool.program, "\(place) does not print its version",
                fix: "try: \(tool.program) \(tool.version.joined(separator: " "))")
        }
        let text = version.map(String.init).joined(separator: ".")
        guard tool.isRecent(version) else {
            let oldest = tool.oldest.map(String.init).joined(separator: ".")
            return Finding(
                lack, tool.program, "\(text) is too old: \(oldest) or newer is needed \(tool.purpose)",
                fix: "install a newer one; on Debian 12 or newer: \(fix)")
        }
        return Finding(.fine, tool.program, folder.map { "\(text), in \($0)" } ?? text)
    }
}
