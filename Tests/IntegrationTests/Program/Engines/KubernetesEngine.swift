import Foundation
import MatrixCore
import Testing

/// Does what Kubernetes does with an exported Indexed Job: a pod for each index, all with one volume, and the second Job when it is let go.
struct KubernetesEngine {
    let fleet: RunnerFleet

    func run(_ text: String) throws -> EngineEnding {
        let documents = try ExportedFile.documents(text)
        let jobs = documents.filter { $0["kind"]?.string == "Job" }.compactMap { $0["spec"] }
        let claim = documents.first { $0["kind"]?.string == "PersistentVolumeClaim" }
        try #require(jobs.count == 2 && jobs[0]["completionMode"]?.string == "Indexed" && jobs[1]["suspend"]?.string == "true")
        let volume = try fleet.folder("volume", withProject: false)
        var ending = EngineEnding()
        for index in 0..<(Int(jobs[0]["completions"]?.text ?? "") ?? 0) {
            ending.shards.append(try pod(jobs[0], volume, of: claim, named: "pod-\(index)", ["JOB_COMPLETION_INDEX": "\(index)"]))
        }
        ending.merge = try pod(jobs[1], volume, of: claim, named: "pod-report", [:])
        ending.report = try? Report(at: volume.appendingPathComponent("merged/latest").resolvingSymlinksInPath())
        return ending
    }

    /// Runs a pod's container; its mount of the volume is the volume's own folder here.
    private func pod(_ job: Value, _ volume: URL, of claim: Value?, named name: String, _ environment: [String: String]) throws -> Int32 {
        let spec = try #require(job.element(at: "template.spec"))
        let container = try #require(spec["containers"]?.elements.first)
        let mount = try #require(container["volumeMounts"]?.elements.first { $0["name"]?.string == "results" }?["mountPath"]?.string)
        let source = spec["volumes"]?.elements.first { $0["name"]?.string == "results" }
        #expect(source?.element(at: "persistentVolumeClaim.claimName") == claim?.element(at: "metadata.name"))
        #expect((claim == nil) == (source?.element(at: "hostPath.path") != nil))
        #expect(container["workingDir"]?.string == "/project" && spec["restartPolicy"]?.string == "Never")
        let command = (container["command"]?.texts ?? []).map { $0.replacing("\(mount)/", with: "\(volume.path)/") }
        return try fleet.run(command, in: try fleet.folder(name), environment: environment)
    }
}
