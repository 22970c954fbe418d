internal import MatrixCore

/// One item that a `collect` step copies from a host.
enum CollectItem: Hashable {
    /// A file or folder of the host, absolute.
    case path(String)
    /// The journal of a systemd unit since the deploy began.
    case journal(String)

    init?(_ document: Document) {
        if let unit = document["journal"]?.text {
            self = .journal(unit)
        } else if let path = document.text {
            self = .path(path)
        } else {
            return nil
        }
    }

    /// Its name in notes.
    var title: String {
        switch self {
        case .path(let path): path
        case .journal(let unit): "journal of \(unit)"
        }
    }

    /// Its path below the host's folder.
    var target: String {
        switch self {
        case .path(let path): path.split(separator: "/").filter { $0 != ".." && $0 != "." }.joined(separator: "/")
        case .journal(let unit): "journal/\(Paths.fileName(unit)).log"
        }
    }
}
