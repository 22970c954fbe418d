import MatrixCore

/// Checks that machines are not larger than their nodes: the server refuses to start them, after they were cloned.
struct SizeCheck: Sendable {
    /// What a node has in all.
    struct Node: Sendable, Hashable {
        var cores: Int
        /// Bytes.
        var memory: Int
    }

    /// The cluster's nodes by their names.
    let nodes: [String: Node]

    /// - Parameter list: the server's list of its nodes. A node that does not say what it has is not checked.
    init(nodes list: Value) {
        let entries = list.elements.compactMap { entry -> (String, Node)? in
            guard let name = entry["node"]?.string, let cores = entry["maxcpu"]?.number, let memory = entry["maxmem"]?.number else {
                return nil
            }
            return (name, Node(cores: Int(nearest: cores), memory: Int(nearest: memory)))
        }
        nodes = Dictionary(entries) { first, _ in first }
    }

    func problems(_ cells: [CellPlan], _ found: TemplateSurvey.Findings) -> [PreflightProblem] {
        var names: [String: [String]] = [:]
        var nexts: [String: String] = [:]
        for cell in cells {
            for placement in found.bySystem[cell.os.name] ?? [] {
                guard let node = nodes[placement.node] else { continue }
                let config = found.configs[placement.template.vmid]
                for size in Set(cell.hosts.map(\.size)) {
                    for (message, next) in Self.excess(of: size, config, on: placement.node, node) {
                        if names[message]?.contains(cell.name) != true { names[message, default: []].append(cell.name) }
                        nexts[message] = next
                    }
                }
            }
        }
        return names.sorted { $0.key < $1.key }.map { message, cells in
            PreflightProblem(.error, cells: cells, message, next: nexts[message])
        }
    }

    /// What is too large, and the next step.
    static func excess(of size: HostSize, _ template: MachineConfig?, on name: String, _ node: Node) -> [(message: String, next: String)] {
        var found: [(String, String)] = []
        let cores = size.cores ?? self.cores(of: template)
        if cores > node.cores {
            let who = size.cores == nil ? "the template's machines have" : "a machine has"
            found.append(
                (
                    "\(who) \(cores) cores, but node \(name) has \(node.cores)",
                    "write size: { cores: \(node.cores) } for the hosts, or leave \(name) out of nodes:"
                ))
        }
        let memory = size.memory ?? (template?.memory ?? 0) << 20
        if memory > node.memory {
            found.append(
                (
                    "a machine has \(ByteSize.brief(memory)) of memory, but node \(name) has \(ByteSize.brief(node.memory))",
                    "write a smaller size: { memory: … } for the hosts, or leave \(name) out of nodes:"
                ))
        }
        return found
    }

    /// The virtual processors of a template's machines, which the server counts by sockets.
    static func cores(of template: MachineConfig?) -> Int {
        (template?["cores"].flatMap { Int($0) } ?? 1) * (template?["sockets"].flatMap { Int($0) } ?? 1)
    }
}
