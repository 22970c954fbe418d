internal import Foundation
internal import MatrixCore
internal import MatrixYAML

/// A kubeconfig's current context: the cluster's address and the credentials.
public struct Kubeconfig: Sendable, Hashable {
    /// The whole file.
    public private(set) var text: String
    /// `https://192.168.1.50:6443`.
    public private(set) var server: String
    /// The names of the current context's cluster and user.
    private(set) var cluster: String
    private(set) var user: String
    /// The authority of the server's certificate, as PEM; nil for the system's.
    var authority: [UInt8]?
    var clientCertificate: [UInt8]?
    /// The key of ``clientCertificate``, as PEM.
    private(set) var clientKey: [UInt8]?
    /// A bearer token; nil if it has a certificate instead.
    public private(set) var token: String?

    /// Reads a file's text.
    /// - Throws: `InfrastructureError` if it names no usable cluster. Files that it only names are not read: K3s embeds everything.
    public init(_ text: String) throws {
        self.text = text
        guard let file = YAMLReader(acceptsTags: true).document(in: text).document else { throw Self.broken("it is not YAML") }
        let context = Self.named(file["current-context"]?.text, in: file["contexts"])?["context"]
        let cluster = Self.named(context?["cluster"]?.text, in: file["clusters"])?["cluster"]
        let user = Self.named(context?["user"]?.text, in: file["users"])?["user"]
        guard let server = cluster?["server"]?.text else { throw Self.broken("its current context names no server") }
        self.server = server
        self.cluster = context?["cluster"]?.text ?? ""
        self.user = context?["user"]?.text ?? ""
        authority = Self.decoded(cluster?["certificate-authority-data"])
        clientCertificate = Self.decoded(user?["client-certificate-data"])
        clientKey = Self.decoded(user?["client-key-data"])
        token = user?["token"]?.text
    }

    /// Reads the file at a path.
    public init(file path: String) throws {
        guard let data = FileManager.default.contents(atPath: path) else { throw Self.broken("\(path) cannot be read") }
        try self.init(String(decoding: data, as: UTF8.self))
    }

    /// The same cluster by another address.
    public func reaching(_ server: String) -> Kubeconfig {
        var changed = self
        changed.text = text.replacing("server: \(self.server)", with: "server: \(server)")
        changed.server = server
        return changed
    }

    /// A file that is named before this one in `KUBECONFIG`: objects that name no namespace go to this one.
    ///
    /// `kubectl --namespace` refuses objects that name another.
    public func defaulting(to namespace: String) -> String {
        let name = "solti-matrix"
        let context: Value = [
            "name": .string(name), "context": ["cluster": .string(cluster), "user": .string(user), "namespace": .string(namespace)],
        ]
        let file: Value = ["apiVersion": "v1", "kind": "Config", "contexts": .list([context]), "current-context": .string(name)]
        return file.json + "\n"
    }

    /// All its texts that must not reach a log.
    public var secrets: [String] {
        let key = clientKey.map { [Data($0).base64EncodedString(), String(decoding: $0, as: UTF8.self)] } ?? []
        return key + (token.map { [$0] } ?? [])
    }

    private static func named(_ name: String?, in list: Document?) -> Document? {
        list?.elements.first { $0["name"]?.text == name }
    }

    private static func decoded(_ text: Document?) -> [UInt8]? {
        text?.text.flatMap { Data(base64Encoded: $0) }.map(Array.init)
    }

    private static func broken(_ why: String) -> InfrastructureError {
        InfrastructureError("the kubeconfig cannot be used", why: why, type: .kubernetesKubeconfig, isTransient: false)
    }
}
