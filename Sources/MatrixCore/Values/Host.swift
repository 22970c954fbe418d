/// A host that answers, while the cell holds it.
public struct Host: Sendable {
    public var plan: HostPlan
    public var resource: Resource
    public var endpoint: Endpoint
    public var transport: any Transport

    public init(plan: HostPlan, resource: Resource, endpoint: Endpoint, transport: any Transport) {
        self.plan = plan
        self.resource = resource
        self.endpoint = endpoint
        self.transport = transport
    }

    public var name: String { plan.name }
}
