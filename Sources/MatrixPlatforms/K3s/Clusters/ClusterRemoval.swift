internal import MatrixCore

/// Removes K3s from a cluster's hosts, from any process: the agents first, then the server.
struct ClusterRemoval: Sendable {
    let connector: any Connector
    let pace: K3sPace

    /// Returns once no host has any part of it.
    ///
    /// - Throws: `InfrastructureError` that names every host which could not be cleaned; the others are clean then.
    func remove(_ cluster: Resource) async throws {
        let nodes = ClusterNode.all(of: cluster)
        guard !nodes.isEmpty else {
            throw InfrastructureError(
                "cluster \(cluster.name) cannot be removed", why: "the ledger names no hosts of it", isTransient: false)
        }
        var problems: [InfrastructureError] = []
        for stage in [nodes.filter { !$0.isControl }, nodes.filter(\.isControl)] {
            problems += await mapConcurrently(stage, limit: stage.count) { await problem(of: $0, cluster) }.compactMap(\.self)
        }
        guard var first = problems.first else { return }
        if problems.count > 1 { first.why += "; \(problems.dropFirst().map { "\($0.what): \($0.why)" }.joined(separator: "; "))" }
        throw first
    }

    /// Ends K3s on hosts that are destroyed next, so that it changes nothing outside of them any more. A host that does not answer is none
    /// that starts it again.
    func halt(_ cluster: Resource) async {
        let nodes = ClusterNode.all(of: cluster)
        _ = await mapConcurrently(nodes, limit: max(nodes.count, 1)) { [connector, pace] node in
            _ = try? await withDeadline(pace.reach) {
                let transport = try await connector.connect(to: node.endpoint) { _ in }
                _ = try? await K3sShell(transport: transport, label: node.name).run(
                    "systemctl mask --runtime k3s k3s-agent; systemctl kill --signal=KILL k3s k3s-agent", quietly: true)
                await transport.close()
            }
        }
    }

    private func problem(of node: ClusterNode, _ cluster: Resource) async -> InfrastructureError? {
        do {
            try await clean(node, cluster)
            return nil
        } catch let error as InfrastructureError {
            return error
        } catch {
            return InfrastructureError("K3s on \(node.name) could not be removed", why: "\(error)")
        }
    }

    private func remove(_ cluster: Resource, from node: ClusterNode, _ transport: any Transport) async throws -> K3sShell.Answer {
        let networks = cluster.details["networks"] ?? K3sSettings().networks.joined(separator: " ")
        return try await K3sShell(transport: transport, label: node.name).run(
            RemovalScript.text,
            variables: [
                "cluster": cluster.name, "networks": networks, "data": cluster.details["data"] ?? K3sSettings.usualDataFolder,
            ], timeout: .seconds(240))
    }

    private func clean(_ node: ClusterNode, _ cluster: Resource) async throws {
        let transport: any Transport
        do {
            transport = try await withDeadline(pace.reach) { [connector] in try await connector.connect(to: node.endpoint) { _ in } }
        } catch is DeadlineExceeded {
            throw InfrastructureError(
                "K3s on \(node.name) could not be removed", why: "it does not answer at \(node.endpoint.address):\(node.endpoint.port)",
                next: "start the host and run matrix reap, or clean it by hand", type: .k3sUnreachable, isTransient: false)
        }
        let answer = try await withCleanup {
            let answer = try await remove(cluster, from: node, transport)
            // A part that was busy may be free now. There is no third try.
            return answer.all("left").isEmpty ? answer : try await remove(cluster, from: node, transport)
        } cleanup: {
            await transport.close()
        }
        let (left, unseen) = (answer.all("left"), answer.all("unseen"))
        guard answer.exitStatus == 0, answer["done"] != nil, left.isEmpty, unseen.isEmpty else {
            let words = [
                left.isEmpty ? nil : "left: \(left.joined(separator: ", "))",
                unseen.isEmpty ? nil : "it has no program to look for \(unseen.joined(separator: ", "))",
            ].compactMap(\.self)
            let next = left.isEmpty && !unseen.isEmpty ? "install iptables on it" : "remove it on the host, or see there what uses it"
            throw InfrastructureError(
                "K3s on \(node.name) could not be removed",
                why: words.isEmpty ? answer.lastLine ?? "the script did not end" : words.joined(separator: "; "),
                next: "\(next), then matrix reap --yes", type: .k3sLeftovers, isTransient: words.isEmpty,
                command: CommandFailure(
                    commandLine: transport.commandLine(for: Command(["sh", "-s"], user: "root")),
                    outcome: "exit status \(answer.exitStatus)",
                    exitStatus: answer.exitStatus, outputTail: answer.tail))
        }
    }
}
